package org.espalier.engine.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/** Convolutions in plain Java, one value at a time: what every other version must equal bit for bit. */
public final class ScalarConvKernels implements ConvKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;
    private static final int COLUMNS = FixedOrderSum.COLUMNS;

    @Override
    public int packedSize(int rows, int depth) {
        return Math.multiplyExact(rows, depth);
    }

    @Override
    public void pack(float[] rowMajor, int rows, int depth, float[] packed) {
        System.arraycopy(rowMajor, 0, packed, 0, rows * depth);
    }

    @Override
    public void dense(
            float[] weights,
            int rows,
            int depth,
            int[] offsets,
            float @Nullable [] biases,
            MemorySegment in,
            long inOffset,
            MemorySegment out,
            long outOffset,
            Positions at,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        for (int r = 0; r < rows; r++) {
            float bias = biases == null ? 0f : biases[r];
            for (int y = 0; y < at.height(); y++) {
                for (int x = 0; x < at.width(); x++) {
                    long window = inOffset + at.in(y, x);
                    long place = r * at.outChannel() + at.out(y, x);
                    for (int lane = 0; lane < LANES; lane++) {
                        float sum = bias;
                        for (int k = 0; k < depth; k++) {
                            sum = Math.fma(weights[r * depth + k], in.get(FLOAT, window + offsets[k] + lane * 4L), sum);
                        }
                        long own = place + lane * 4L;
                        ScalarKernels.finish(sum, out, outOffset + own, finish, gate, gateOffset + own);
                    }
                }
            }
        }
    }

    @Override
    public void sparse(
            float[] values,
            int[] starts,
            int[] offsets,
            int rows,
            float @Nullable [] biases,
            MemorySegment in,
            long inOffset,
            MemorySegment out,
            long outOffset,
            Positions at,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        for (int r = 0; r < rows; r++) {
            float bias = biases == null ? 0f : biases[r];
            for (int y = 0; y < at.height(); y++) {
                for (int x = 0; x < at.width(); x++) {
                    long window = inOffset + at.in(y, x);
                    long place = r * at.outChannel() + at.out(y, x);
                    for (int lane = 0; lane < LANES; lane++) {
                        float sum = bias;
                        for (int k = starts[r]; k < starts[r + 1]; k++) {
                            sum = Math.fma(values[k], in.get(FLOAT, window + offsets[k] + lane * 4L), sum);
                        }
                        long own = place + lane * 4L;
                        ScalarKernels.finish(sum, out, outOffset + own, finish, gate, gateOffset + own);
                    }
                }
            }
        }
    }

    @Override
    public void denseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int rows,
            MemorySegment in,
            long inOffset,
            long inPanel,
            int[] offsets,
            int depth,
            Positions at,
            int panels,
            float[] out) {
        float[] columns = new float[COLUMNS];
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < depth; k++) {
                out[r * depth + k] = dot(
                        delta,
                        deltaOffset + r * at.outChannel(),
                        deltaPanel,
                        in,
                        inOffset + offsets[k],
                        inPanel,
                        at,
                        panels,
                        columns);
            }
        }
    }

    @Override
    public void sparseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] starts,
            int rows,
            MemorySegment in,
            long inOffset,
            long inPanel,
            int[] offsets,
            Positions at,
            int panels,
            float[] out) {
        float[] columns = new float[COLUMNS];
        for (int r = 0; r < rows; r++) {
            for (int k = starts[r]; k < starts[r + 1]; k++) {
                out[k] = dot(
                        delta,
                        deltaOffset + r * at.outChannel(),
                        deltaPanel,
                        in,
                        inOffset + offsets[k],
                        inPanel,
                        at,
                        panels,
                        columns);
            }
        }
    }

    private static float dot(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            MemorySegment in,
            long inOffset,
            long inPanel,
            Positions at,
            int panels,
            float[] columns) {
        Arrays.fill(columns, 0f);
        for (int p = 0; p < panels; p++) {
            for (int y = 0; y < at.height(); y++) {
                for (int x = 0; x < at.width(); x++) {
                    long d = deltaOffset + p * deltaPanel + at.out(y, x);
                    long i = inOffset + p * inPanel + at.in(y, x);
                    for (int lane = 0; lane < LANES; lane++) {
                        columns[lane % COLUMNS] = Math.fma(
                                delta.get(FLOAT, d + lane * 4L), in.get(FLOAT, i + lane * 4L), columns[lane % COLUMNS]);
                    }
                }
            }
        }
        return FixedOrderSum.tree(columns);
    }

    @Override
    public void biasGradient(
            MemorySegment delta, long deltaOffset, long deltaPanel, int rows, Positions at, int panels, float[] out) {
        float[] columns = new float[COLUMNS];
        for (int r = 0; r < rows; r++) {
            Arrays.fill(columns, 0f);
            for (int p = 0; p < panels; p++) {
                for (int y = 0; y < at.height(); y++) {
                    for (int x = 0; x < at.width(); x++) {
                        long d = deltaOffset + p * deltaPanel + r * at.outChannel() + at.out(y, x);
                        for (int lane = 0; lane < LANES; lane++) {
                            columns[lane % COLUMNS] += delta.get(FLOAT, d + lane * 4L);
                        }
                    }
                }
            }
            out[r] = FixedOrderSum.tree(columns);
        }
    }
}
