package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.simd.Lanes;

/**
 * {@link SparseGradient} with registers of 512 bits: an output's deltas stay in registers for all its neighbouring weights,
 * four for one panel or eight for two. The 16 columns of a weight are one register, whose halves are added before they are
 * stored, so that the tree that joins 16 weights starts with 8 registers and not with 16. The methods repeat each other
 * because one that took or returned registers would box them. Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class SparseGradient512 {
    private static final int WEIGHTS = 16;
    private static final int RUN = GradientScratch.RUN;
    private static final long COLUMN_BYTES = GradientScratch.COLUMN_BYTES;
    /** Bytes of a weight's columns after the halves are added. */
    private static final long HALF_BYTES = COLUMN_BYTES / 2;

    private static final VectorMask<Float> SECOND_FOUR = Lanes.second(4);
    private static final VectorMask<Float> SECOND_TWO = Lanes.second(2);
    private static final VectorMask<Float> SECOND_ONE = Lanes.second(1);
    private static final VectorShuffle<Float> SWAP_EIGHT = Lanes.swap(8);
    private static final VectorShuffle<Float> SWAP_FOUR = Lanes.swap(4);
    private static final VectorShuffle<Float> SWAP_TWO = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_ONE = Lanes.swap(1);
    /** Weight w is half w modulo 2 of register w / 2, so it ends in the lane of these bits, the half's first. */
    private static final VectorShuffle<Float> BY_WEIGHT = VectorShuffle.fromOp(FLOATS, w -> w % 2 * 8 + w / 2);

    private SparseGradient512() {}

    /**
     * See {@link SparseGradient#run}.
     *
     * @param panels at least 1
     * @param padded number of weights, a multiple of 16
     */
    static void run(
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
        long halves = scratch + RUN * COLUMN_BYTES;
        for (int k = 0; k < padded; k += RUN) {
            int to = Math.min(k + RUN, padded);
            switch (panels) {
                case 1 -> one(delta, deltas, x, columns, k, to, halves);
                case 2 -> two(delta, deltaPanel, deltas, x, xPanel, columns, k, to, halves);
                default -> {
                    first(delta, deltas, x, columns, k, to, scratch);
                    int p = 1;
                    for (; p < panels - 1; p++) {
                        next(delta + p * deltaPanel, deltas, x + p * xPanel, columns, k, to, scratch);
                    }
                    last(delta + p * deltaPanel, deltas, x + p * xPanel, columns, k, to, scratch, halves);
                }
            }
            for (int n = k; n < to; n += WEIGHTS) {
                tree(halves + (n - k) * HALF_BYTES, out, n);
            }
        }
    }

    /** The only panel. Chains begin with a product: what 0 + would change is a zero's sign, and the tree ends by adding +0. */
    private static void one(long delta, int[] deltas, long x, int[] columns, int from, int to, long sums) {
        int k = from;
        while (k < to) {
            int output = deltas[k];
            int end = k + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            long at = delta + output;
            FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            for (; k < end; k++) {
                long in = x + columns[k];
                FloatVector sum = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER));
                sum = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                sum.add(sum.rearrange(SWAP_EIGHT))
                        .reinterpretShape(FloatVector.SPECIES_256, 0)
                        .reinterpretAsFloats()
                        .intoMemorySegment(MEMORY, sums + (k - from) * HALF_BYTES, ORDER);
            }
        }
    }

    /** The only two panels. */
    private static void two(
            long delta,
            long deltaPanel,
            int[] deltas,
            long x,
            long xPanel,
            int[] columns,
            int from,
            int to,
            long sums) {
        int k = from;
        while (k < to) {
            int output = deltas[k];
            int end = k + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            long at = delta + output;
            FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            at += deltaPanel;
            FloatVector e0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector e1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector e2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector e3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            for (; k < end; k++) {
                long in = x + columns[k];
                FloatVector sum = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER));
                sum = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                in += xPanel;
                sum = e0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), sum);
                sum = e1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = e2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = e3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                sum.add(sum.rearrange(SWAP_EIGHT))
                        .reinterpretShape(FloatVector.SPECIES_256, 0)
                        .reinterpretAsFloats()
                        .intoMemorySegment(MEMORY, sums + (k - from) * HALF_BYTES, ORDER);
            }
        }
    }

    /** The first panel of several. */
    private static void first(long delta, int[] deltas, long x, int[] columns, int from, int to, long sums) {
        int k = from;
        while (k < to) {
            int output = deltas[k];
            int end = k + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            long at = delta + output;
            FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            for (; k < end; k++) {
                long in = x + columns[k];
                FloatVector sum = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER));
                sum = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                sum.intoMemorySegment(MEMORY, sums + (k - from) * COLUMN_BYTES, ORDER);
            }
        }
    }

    /** A further panel. */
    private static void next(long delta, int[] deltas, long x, int[] columns, int from, int to, long sums) {
        int k = from;
        while (k < to) {
            int output = deltas[k];
            int end = k + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            long at = delta + output;
            FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            for (; k < end; k++) {
                long in = x + columns[k];
                FloatVector sum =
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + (k - from) * COLUMN_BYTES, ORDER);
                sum = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), sum);
                sum = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                sum.intoMemorySegment(MEMORY, sums + (k - from) * COLUMN_BYTES, ORDER);
            }
        }
    }

    /** The last panel. */
    private static void last(
            long delta, int[] deltas, long x, int[] columns, int from, int to, long sums, long halves) {
        int k = from;
        while (k < to) {
            int output = deltas[k];
            int end = k + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            long at = delta + output;
            FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
            FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
            FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
            for (; k < end; k++) {
                long in = x + columns[k];
                FloatVector sum =
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + (k - from) * COLUMN_BYTES, ORDER);
                sum = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), sum);
                sum = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 64, ORDER), sum);
                sum = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 128, ORDER), sum);
                sum = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 192, ORDER), sum);
                sum.add(sum.rearrange(SWAP_EIGHT))
                        .reinterpretShape(FloatVector.SPECIES_256, 0)
                        .reinterpretAsFloats()
                        .intoMemorySegment(MEMORY, halves + (k - from) * HALF_BYTES, ORDER);
            }
        }
    }

    /** Joins 16 weights, two to a register: distances 4, 2 and 1, as {@link FixedOrderSum}'s tree goes on. */
    private static void tree(long at, float[] out, int to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 256, ORDER);
        FloatVector ab = a.blend(b, SECOND_FOUR).add(b.blend(a, SECOND_FOUR).rearrange(SWAP_FOUR));
        a = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER);
        b = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 384, ORDER);
        FloatVector cd = a.blend(b, SECOND_FOUR).add(b.blend(a, SECOND_FOUR).rearrange(SWAP_FOUR));
        FloatVector even = ab.blend(cd, SECOND_TWO).add(cd.blend(ab, SECOND_TWO).rearrange(SWAP_TWO));
        a = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER);
        b = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 320, ORDER);
        ab = a.blend(b, SECOND_FOUR).add(b.blend(a, SECOND_FOUR).rearrange(SWAP_FOUR));
        a = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER);
        b = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 448, ORDER);
        cd = a.blend(b, SECOND_FOUR).add(b.blend(a, SECOND_FOUR).rearrange(SWAP_FOUR));
        FloatVector odd = ab.blend(cd, SECOND_TWO).add(cd.blend(ab, SECOND_TWO).rearrange(SWAP_TWO));
        even.blend(odd, SECOND_ONE)
                .add(odd.blend(even, SECOND_ONE).rearrange(SWAP_ONE))
                .rearrange(BY_WEIGHT)
                .add(FloatVector.zero(FLOATS))
                .intoArray(out, to);
    }
}
