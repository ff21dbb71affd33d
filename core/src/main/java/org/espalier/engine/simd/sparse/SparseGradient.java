package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.simd.Lanes;

/**
 * Gradients of surviving weights: dot products over the lanes. Some weights are taken at a time, each summed to
 * 16 columns; {@link ReductionTree} then joins the columns of all, which costs one addition per weight where a
 * reduction of each would cost four. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class SparseGradient {
    private static final int WEIGHTS = 16;
    /** Weights whose columns are made one after the other before any are joined; a multiple of {@link #WEIGHTS}. */
    private static final int RUN = GradientScratch.RUN;

    static final long COLUMN_BYTES = GradientScratch.COLUMN_BYTES;

    private SparseGradient() {}

    public static void run(
            long delta,
            long deltaPanel,
            int[] deltas,
            long x,
            long xPanel,
            int[] columns,
            int panels,
            float[] out,
            int count,
            long scratch) {
        int padded = (count + WEIGHTS - 1) / WEIGHTS * WEIGHTS;
        if (panels == 0) {
            Arrays.fill(out, 0, padded, 0f);
            return;
        }
        if (Lanes.LENGTH == 8) {
            runs(delta, deltaPanel, deltas, x, xPanel, columns, panels, out, padded, scratch);
            return;
        }
        if (Lanes.LENGTH == 16) {
            SparseGradient512.run(delta, deltaPanel, deltas, x, xPanel, columns, panels, out, padded, scratch);
            return;
        }
        for (int k = 0; k < padded; k += WEIGHTS) {
            each(delta, deltaPanel, deltas, x, xPanel, columns, panels, k, scratch);
            ReductionTree.sum(scratch, out, k);
        }
    }

    private static void runs(
            long delta,
            long deltaPanel,
            int[] deltas,
            long x,
            long xPanel,
            int[] columns,
            int panels,
            float[] out,
            int padded,
            long scratch) {
        for (int k = 0; k < padded; k += RUN) {
            int to = Math.min(k + RUN, padded);
            SparseGradient256.columns(delta, deltaPanel, deltas, x, xPanel, columns, panels, k, to, scratch);
            for (int n = k; n < to; n += WEIGHTS) {
                ReductionTree.sumFolded(scratch + (n - k) * COLUMN_BYTES, out, n);
            }
        }
    }

    private static void each(
            long delta,
            long deltaPanel,
            int[] deltas,
            long x,
            long xPanel,
            int[] columns,
            int panels,
            int k,
            long scratch) {
        for (int n = 0; n < WEIGHTS; n++) {
            columns(delta + deltas[k + n], deltaPanel, x + columns[k + n], xPanel, panels, scratch + n * COLUMN_BYTES);
        }
    }

    /** The 16 columns of one weight: chains over lanes 16 apart, over all panels. */
    private static void columns(long delta, long deltaPanel, long x, long xPanel, int panels, long out) {
        for (long c = 0; c < COLUMN_BYTES; c += BYTES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            long d = delta + c;
            long at = x + c;
            for (int p = 0; p < panels; p++) {
                sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, d, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), sum);
                sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + 64, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER), sum);
                sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + 128, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER), sum);
                sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + 192, ORDER)
                        .fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER), sum);
                d += deltaPanel;
                at += xPanel;
            }
            sum.intoMemorySegment(MEMORY, out + c, ORDER);
        }
    }
}
