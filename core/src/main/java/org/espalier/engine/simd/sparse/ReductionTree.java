package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.simd.Lanes;

/**
 * Sums 16 rows of 16 columns each by {@link FixedOrderSum}'s tree, giving 16 sums side by side. Joining two registers
 * at a distance d leaves, in lanes whose bit d is clear, the first one's sums of lanes d apart, in the others the
 * second one's: one addition, two blends and a rearrangement for a whole register of half-made sums.
 */
public final class ReductionTree {
    private static final int COLUMNS = 16;
    private static final long ROW = COLUMNS * 4L;
    private static final int HALF = LENGTH / 2;
    private static final int QUARTER = LENGTH / 4;
    private static final VectorMask<Float> SECOND_HALF = Lanes.second(HALF);
    private static final VectorMask<Float> SECOND_QUARTER = Lanes.second(QUARTER);
    private static final VectorMask<Float> SECOND_TWO = Lanes.second(2);
    private static final VectorMask<Float> SECOND_ONE = Lanes.second(1);
    private static final VectorShuffle<Float> SWAP_HALF = Lanes.swap(HALF);
    private static final VectorShuffle<Float> SWAP_QUARTER = Lanes.swap(QUARTER);
    private static final VectorShuffle<Float> SWAP_TWO = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_ONE = Lanes.swap(1);

    private ReductionTree() {}

    /**
     * Sums 16 rows.
     *
     * @param rows address of 16 rows of 64 bytes; overwritten
     * @param out receives 16 floats from index {@code to} on
     */
    public static void sum(long rows, float[] out, int to) {
        // Rows are joined in bit-reversed order, so that lane l of the result is row l.
        if (LENGTH == 16) {
            four(rows, rows + 8 * ROW, rows + 4 * ROW, rows + 12 * ROW, rows);
            four(rows + 2 * ROW, rows + 10 * ROW, rows + 6 * ROW, rows + 14 * ROW, rows + 2 * ROW);
            four(rows + ROW, rows + 9 * ROW, rows + 5 * ROW, rows + 13 * ROW, rows + ROW);
            four(rows + 3 * ROW, rows + 11 * ROW, rows + 7 * ROW, rows + 15 * ROW, rows + 3 * ROW);
            last(rows, out, to);
            return;
        }
        for (int r = 0; r < COLUMNS; r++) {
            fold(rows + r * ROW);
        }
        sumFolded(rows, out, to);
    }

    /**
     * The rest of {@link #sum} with registers of 256 bits or less, after the tree's first levels.
     *
     * @param rows address of 16 rows, 64 bytes apart, of which the first register is in use; overwritten
     */
    static void sumFolded(long rows, float[] out, int to) {
        for (int r = 0; r < COLUMNS; r += LENGTH) {
            long at = rows + r * ROW;
            if (LENGTH == 8) {
                four(at, at + 4 * ROW, at + 2 * ROW, at + 6 * ROW, at);
                four(at + ROW, at + 5 * ROW, at + 3 * ROW, at + 7 * ROW, at + ROW);
                pair(at, at + ROW, out, to + r);
            } else {
                four(at, at + 2 * ROW, at + ROW, at + 3 * ROW, at);
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                        .add(FloatVector.zero(FLOATS))
                        .intoArray(out, to + r);
            }
        }
    }

    /** 256 bits or less: the tree's first levels add whole registers of one row. */
    private static void fold(long at) {
        if (LENGTH == 8) {
            FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER))
                    .intoMemorySegment(MEMORY, at, ORDER);
            return;
        }
        FloatVector low = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
        FloatVector first = low.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER));
        FloatVector second = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER));
        first.add(second).intoMemorySegment(MEMORY, at, ORDER);
    }

    /** Joins four rows at the two largest distances within a register. */
    private static void four(long r0, long r1, long r2, long r3, long to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, r0, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, r1, ORDER);
        FloatVector ab = a.blend(b, SECOND_HALF).add(b.blend(a, SECOND_HALF).rearrange(SWAP_HALF));
        FloatVector c = FloatVector.fromMemorySegment(FLOATS, MEMORY, r2, ORDER);
        FloatVector d = FloatVector.fromMemorySegment(FLOATS, MEMORY, r3, ORDER);
        FloatVector cd = c.blend(d, SECOND_HALF).add(d.blend(c, SECOND_HALF).rearrange(SWAP_HALF));
        ab.blend(cd, SECOND_QUARTER)
                .add(cd.blend(ab, SECOND_QUARTER).rearrange(SWAP_QUARTER))
                .intoMemorySegment(MEMORY, to, ORDER);
    }

    /** 512 bits: the last two levels over the four results of {@link #four}. */
    private static void last(long at, float[] out, int to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * ROW, ORDER);
        FloatVector ab = a.blend(b, SECOND_TWO).add(b.blend(a, SECOND_TWO).rearrange(SWAP_TWO));
        FloatVector c = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + ROW, ORDER);
        FloatVector d = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * ROW, ORDER);
        FloatVector cd = c.blend(d, SECOND_TWO).add(d.blend(c, SECOND_TWO).rearrange(SWAP_TWO));
        ab.blend(cd, SECOND_ONE)
                .add(cd.blend(ab, SECOND_ONE).rearrange(SWAP_ONE))
                .add(FloatVector.zero(FLOATS))
                .intoArray(out, to);
    }

    /** 256 bits: the last level over two results of {@link #four}. */
    private static void pair(long r0, long r1, float[] out, int to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, r0, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, r1, ORDER);
        a.blend(b, SECOND_ONE)
                .add(b.blend(a, SECOND_ONE).rearrange(SWAP_ONE))
                .add(FloatVector.zero(FLOATS))
                .intoArray(out, to);
    }
}
