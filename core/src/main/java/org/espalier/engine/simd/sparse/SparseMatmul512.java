package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.simd.Lanes;
import org.jspecify.annotations.Nullable;

/**
 * {@link SparseMatmul} with registers of 512 bits: one row of activations is four of them, and one output row is summed at a
 * time, for the processor begins the next row's chains before this row's have ended. Loads are the limit: a broadcast weight
 * costs as much as a register of activations. So rows of many weights load four at once and broadcast each from there; rows
 * of few would lose more to the ends of such groups. Rows are a loop in each method, the first block starts from the bias and
 * the last one finishes the row, so that a row is neither called for nor read again. The methods repeat each other because one
 * that took or returned registers would box them. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class SparseMatmul512 {
    private static final long ROW = ActivationPanels.ROW_BYTES;

    private static final VectorShuffle<Float> LANE_0 = VectorShuffle.fromOp(FLOATS, lane -> 0);
    private static final VectorShuffle<Float> LANE_1 = VectorShuffle.fromOp(FLOATS, lane -> 1);
    private static final VectorShuffle<Float> LANE_2 = VectorShuffle.fromOp(FLOATS, lane -> 2);
    private static final VectorShuffle<Float> LANE_3 = VectorShuffle.fromOp(FLOATS, lane -> 3);

    private SparseMatmul512() {}

    /** See {@link Kernels#sparse}. */
    public static void run(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            Epilogue finish,
            long gate) {
        int[] at = cuts.cuts();
        int blocks = cuts.blocks();
        if (blocks == 1) {
            switch (finish) {
                case LINEAR -> linear(values, columns, at, first, rows, biases, x, out);
                case RELU -> relu(values, columns, at, first, rows, biases, x, out);
                case GATE -> gated(values, columns, at, first, rows, biases, x, out, gate);
            }
            return;
        }
        firstBlock(values, columns, at, first, rows, biases, x, out);
        int from = first;
        for (int b = 1; b < blocks - 1; b++) {
            from += cuts.rows();
            nextBlock(values, columns, at, from, rows, x, out);
        }
        from += cuts.rows();
        switch (finish) {
            case LINEAR -> lastLinear(values, columns, at, from, rows, x, out);
            case RELU -> lastRelu(values, columns, at, from, rows, x, out);
            case GATE -> lastGated(values, columns, at, from, rows, x, out, gate);
        }
    }

    /** The only block: rows are summed and finished in registers. */
    private static void linear(
            float[] values, int[] columns, int[] at, int first, int rows, float @Nullable [] biases, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int end = at[first + r + 1];
            for (int k = at[first + r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.add(zero).intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.add(zero).intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.add(zero).intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    private static void relu(
            float[] values, int[] columns, int[] at, int first, int rows, float @Nullable [] biases, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int end = at[first + r + 1];
            for (int k = at[first + r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.blend(zero, a0.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    private static void gated(
            float[] values,
            int[] columns,
            int[] at,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            long gate) {
        long o = out;
        long g = gate;
        for (int r = 0; r < rows; r++, o += ROW, g += ROW) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int end = at[first + r + 1];
            for (int k = at[first + r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            zero.blend(
                            a0,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o, ORDER);
            zero.blend(
                            a1,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 64, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 64, ORDER);
            zero.blend(
                            a2,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 128, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 128, ORDER);
            zero.blend(
                            a3,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 192, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    /** The first block of several; sums stand in the output between blocks. */
    private static void firstBlock(
            float[] values, int[] columns, int[] at, int first, int rows, float @Nullable [] biases, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int k = at[first + r];
            int end = at[first + r + 1];
            for (; k < end - 3; k += 4) {
                FloatVector four = (FloatVector) FloatVector.fromArray(FloatVector.SPECIES_128, values, k)
                        .reinterpretShape(FLOATS, 0);
                FloatVector weight = four.rearrange(LANE_0);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_1);
                in = x + columns[k + 1];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_2);
                in = x + columns[k + 2];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_3);
                in = x + columns[k + 3];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            for (; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            a0.intoMemorySegment(MEMORY, o, ORDER);
            a1.intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    /** A further block. */
    private static void nextBlock(float[] values, int[] columns, int[] at, int from, int rows, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 64, ORDER);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 128, ORDER);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 192, ORDER);
            int k = at[from + r];
            int end = at[from + r + 1];
            for (; k < end - 3; k += 4) {
                FloatVector four = (FloatVector) FloatVector.fromArray(FloatVector.SPECIES_128, values, k)
                        .reinterpretShape(FLOATS, 0);
                FloatVector weight = four.rearrange(LANE_0);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_1);
                in = x + columns[k + 1];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_2);
                in = x + columns[k + 2];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_3);
                in = x + columns[k + 3];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            for (; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            a0.intoMemorySegment(MEMORY, o, ORDER);
            a1.intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    /** The last block. */
    private static void lastLinear(float[] values, int[] columns, int[] at, int from, int rows, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 64, ORDER);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 128, ORDER);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 192, ORDER);
            int k = at[from + r];
            int end = at[from + r + 1];
            for (; k < end - 3; k += 4) {
                FloatVector four = (FloatVector) FloatVector.fromArray(FloatVector.SPECIES_128, values, k)
                        .reinterpretShape(FLOATS, 0);
                FloatVector weight = four.rearrange(LANE_0);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_1);
                in = x + columns[k + 1];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_2);
                in = x + columns[k + 2];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_3);
                in = x + columns[k + 3];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            for (; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.add(zero).intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.add(zero).intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.add(zero).intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    private static void lastRelu(float[] values, int[] columns, int[] at, int from, int rows, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ROW) {
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 64, ORDER);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 128, ORDER);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 192, ORDER);
            int k = at[from + r];
            int end = at[from + r + 1];
            for (; k < end - 3; k += 4) {
                FloatVector four = (FloatVector) FloatVector.fromArray(FloatVector.SPECIES_128, values, k)
                        .reinterpretShape(FLOATS, 0);
                FloatVector weight = four.rearrange(LANE_0);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_1);
                in = x + columns[k + 1];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_2);
                in = x + columns[k + 2];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_3);
                in = x + columns[k + 3];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            for (; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.blend(zero, a0.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 64, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 128, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }

    private static void lastGated(
            float[] values, int[] columns, int[] at, int from, int rows, long x, long out, long gate) {
        long o = out;
        long g = gate;
        for (int r = 0; r < rows; r++, o += ROW, g += ROW) {
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 64, ORDER);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 128, ORDER);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 192, ORDER);
            int k = at[from + r];
            int end = at[from + r + 1];
            for (; k < end - 3; k += 4) {
                FloatVector four = (FloatVector) FloatVector.fromArray(FloatVector.SPECIES_128, values, k)
                        .reinterpretShape(FLOATS, 0);
                FloatVector weight = four.rearrange(LANE_0);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_1);
                in = x + columns[k + 1];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_2);
                in = x + columns[k + 2];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
                weight = four.rearrange(LANE_3);
                in = x + columns[k + 3];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            for (; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), a3);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            zero.blend(
                            a0,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o, ORDER);
            zero.blend(
                            a1,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 64, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 64, ORDER);
            zero.blend(
                            a2,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 128, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 128, ORDER);
            zero.blend(
                            a3,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 192, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 192, ORDER);
        }
    }
}
