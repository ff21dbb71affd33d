package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.simd.Lanes;

/**
 * {@link SparseGradient} with registers of 256 bits: the eight registers of an output's deltas are read once for all its
 * neighbouring weights, so that a weight costs eight loads instead of sixteen.
 *
 * <p>C2 makes a load and its multiply-add one instruction only if no other load of the expression stands behind another
 * write to memory. So deltas have a zero added, which makes them something else than loads and at most changes a zero's
 * sign, and each turn stores the sums of the turn before; the first stores what is written over at once, or stands there
 * already. The methods below repeat each other because one that took or returned registers would box them. Offsets are
 * addresses in {@link Lanes#MEMORY}.
 */
final class SparseGradient256 {
    private static final long COLUMN_BYTES = SparseGradient.COLUMN_BYTES;

    private SparseGradient256() {}

    /**
     * The 16 columns of some weights, one weight after the other, already added in pairs eight apart.
     *
     * @param deltas byte offset of each weight's output row; neighbours with the same one are taken together
     * @param columns byte offset of each weight's input row
     * @param panels at least 1
     * @param sums receives 32 bytes a weight, 64 apart; what lies between is overwritten
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
            if (panels == 1) {
                only(delta + output, x, columns, from, end, sums);
            } else {
                firstBlock(delta + output, x, columns, from, end, sums);
                int p = 1;
                for (; p < panels - 1; p++) {
                    nextBlock(delta + output + p * deltaPanel, x + p * xPanel, columns, from, end, sums);
                }
                end(delta + output + p * deltaPanel, x + p * xPanel, columns, from, end, sums);
            }
            sums += (end - from) * COLUMN_BYTES;
            from = end;
        }
    }

    /** The only panel. Chains begin with a product: what 0 + would change is a zero's sign, and the tree ends by adding +0. */
    private static void only(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER).add(zero);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER)
                .add(zero);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER)
                .add(zero);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER)
                .add(zero);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER)
                .add(zero);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER)
                .add(zero);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER)
                .add(zero);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER)
                .add(zero);
        FloatVector a = d0;
        long before = sums;
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            a.intoMemorySegment(MEMORY, before, ORDER);
            before = sums;
            long at = x + columns[k];
            FloatVector c = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER));
            FloatVector d = d1.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER));
            c = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), c);
            d = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), d);
            c = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), c);
            d = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), d);
            c = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), c);
            d = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), d);
            a = c.add(d);
        }
        a.intoMemorySegment(MEMORY, before, ORDER);
    }

    /** The first panel of some. */
    private static void firstBlock(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER).add(zero);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER)
                .add(zero);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER)
                .add(zero);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER)
                .add(zero);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER)
                .add(zero);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER)
                .add(zero);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER)
                .add(zero);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER)
                .add(zero);
        FloatVector a = d0;
        FloatVector b = d1;
        long before = sums;
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            a.intoMemorySegment(MEMORY, before, ORDER);
            b.intoMemorySegment(MEMORY, before + BYTES, ORDER);
            before = sums;
            long at = x + columns[k];
            a = d0.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER));
            b = d1.mul(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER));
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a);
            b = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), b);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a);
            b = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), b);
        }
        a.intoMemorySegment(MEMORY, before, ORDER);
        b.intoMemorySegment(MEMORY, before + BYTES, ORDER);
    }

    /** A further panel. */
    private static void nextBlock(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER).add(zero);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER)
                .add(zero);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER)
                .add(zero);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER)
                .add(zero);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER)
                .add(zero);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER)
                .add(zero);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER)
                .add(zero);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER)
                .add(zero);
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + BYTES, ORDER);
        long before = sums;
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            a.intoMemorySegment(MEMORY, before, ORDER);
            b.intoMemorySegment(MEMORY, before + BYTES, ORDER);
            before = sums;
            long at = x + columns[k];
            a = d0.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER));
            b = d1.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + BYTES, ORDER));
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a);
            b = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), b);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a);
            b = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), b);
        }
        a.intoMemorySegment(MEMORY, before, ORDER);
        b.intoMemorySegment(MEMORY, before + BYTES, ORDER);
    }

    /** The last panel. */
    private static void end(long delta, long x, int[] columns, int from, int to, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, delta, ORDER).add(zero);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + BYTES, ORDER)
                .add(zero);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 2 * BYTES, ORDER)
                .add(zero);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 3 * BYTES, ORDER)
                .add(zero);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 4 * BYTES, ORDER)
                .add(zero);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 5 * BYTES, ORDER)
                .add(zero);
        FloatVector d6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 6 * BYTES, ORDER)
                .add(zero);
        FloatVector d7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta + 7 * BYTES, ORDER)
                .add(zero);
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        long before = sums;
        for (int k = from; k < to; k++, sums += COLUMN_BYTES) {
            a.intoMemorySegment(MEMORY, before, ORDER);
            before = sums;
            long at = x + columns[k];
            FloatVector c = d0.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER));
            FloatVector d = d1.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + BYTES, ORDER));
            c = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), c);
            d = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), d);
            c = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), c);
            d = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), d);
            c = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), c);
            d = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), d);
            a = c.add(d);
        }
        a.intoMemorySegment(MEMORY, before, ORDER);
    }
}
