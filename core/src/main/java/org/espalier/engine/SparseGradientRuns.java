package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * {@link SparseGradient} with registers of 256 bits: the eight registers of an output's deltas are read once for all its
 * neighbouring weights, so that a weight costs eight loads instead of sixteen. Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class SparseGradientRuns {
    private static final long COLUMN_BYTES = 64;

    private SparseGradientRuns() {}

    /**
     * The 16 columns of some weights, one after the other.
     *
     * @param deltas byte offset of each weight's output row; weights of one output stand together
     * @param columns byte offset of each weight's input row
     * @param sums receives 64 bytes a weight
     */
    static void columns(
            long delta,
            long deltaPanel,
            int[] deltas,
            long x,
            long xPanel,
            int[] columns,
            int panels,
            int from,
            int to,
            long sums) {
        while (from < to) {
            int output = deltas[from];
            int end = from + 1;
            while (end < to && deltas[end] == output) {
                end++;
            }
            begin(delta + output, x, columns, from, end, sums);
            for (int p = 1; p < panels; p++) {
                goOn(delta + output + p * deltaPanel, x + p * xPanel, columns, from, end, sums);
            }
            sums += (end - from) * COLUMN_BYTES;
            from = end;
        }
    }

    /** The first panel. Chains begin with a product: what 0 + would change is a zero's sign, and the tree ends by adding +0. */
    private static void begin(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER);
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            long at = x + columns[k];
            FloatVector a = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER));
            FloatVector b = d1.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER));
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a);
            b = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), b);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a);
            b = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), b);
            a.intoMemorySegment(MEMORY, sums, ORDER);
            b.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        }
    }

    /** A further panel. */
    private static void goOn(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER);
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            long at = x + columns[k];
            FloatVector a = d0.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER));
            FloatVector b = d1.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + BYTES, ORDER));
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a);
            b = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), b);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a);
            b = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), b);
            a.intoMemorySegment(MEMORY, sums, ORDER);
            b.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        }
    }
}
