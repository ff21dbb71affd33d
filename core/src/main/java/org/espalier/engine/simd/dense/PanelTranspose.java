package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.simd.Lanes;

/**
 * Transposes panels from [feature][lane] to rows of features for {@link DenseGradient}, in square tiles of one register a
 * row: for each distance d, rows d apart exchange the lanes whose bit d is set in one and clear in the other
 * (Eklundh 1972). Offsets are addresses in {@link Lanes#MEMORY}.
 *
 * <p>Transposed, with registers of 512 bits: [block of two registers of features][column of the batch sum, modulo 8][term]
 * [column / 8][feature]. So the terms of columns c and c + 8 stand one after the other, in the order in which they are
 * summed, and a loop over them needs one running index: every integer instruction spared leaves its port to a
 * multiply-add. With narrower ones: [block][column, its bits reversed][term][feature], the order in which the sum's tree
 * is finished half by half.
 */
final class PanelTranspose {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final long TILE_ROW = 64;
    private static final int COLUMN_SHIFT = Integer.numberOfLeadingZeros(FixedOrderSum.COLUMNS - 1);
    private static final VectorMask<Float> SECOND_8 = Lanes.second(8);
    private static final VectorMask<Float> SECOND_4 = Lanes.second(4);
    private static final VectorMask<Float> SECOND_2 = Lanes.second(2);
    private static final VectorMask<Float> SECOND_1 = Lanes.second(1);
    private static final VectorShuffle<Float> SWAP_8 = Lanes.swap(8);
    private static final VectorShuffle<Float> SWAP_4 = Lanes.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Lanes.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Lanes.swap(1);

    private PanelTranspose() {}

    /** Bytes of one example's features in a block. */
    static final long ROW = 2 * Lanes.BYTES;

    private static final int FEATURES = 2 * LENGTH;

    /** Bytes of one block of features. */
    static long block(int panels) {
        return panels * ActivationPanels.LANES * ROW;
    }

    /** Place of a lane among the rows of a block. */
    static int place(int lane, int panels) {
        int column = lane % FixedOrderSum.COLUMNS;
        int terms = panels * ActivationPanels.LANES / FixedOrderSum.COLUMNS;
        int term = lane / FixedOrderSum.COLUMNS;
        return Lanes.WIDE
                ? (column % 8 * terms + term) * 2 + column / 8
                : (Integer.reverse(column) >>> COLUMN_SHIFT) * terms + term;
    }

    /**
     * Transposes neighbouring panels. Features past the last are left as they were.
     *
     * @param tile 1 KiB of scratch
     */
    static void run(long x, int features, int panels, long out, long tile) {
        int whole = features - features % LENGTH;
        for (int lane = 0; lane < panels * ActivationPanels.LANES; lane += LENGTH) {
            long from = x
                    + lane / ActivationPanels.LANES * (features * ActivationPanels.ROW_BYTES)
                    + lane % ActivationPanels.LANES * 4L;
            for (int f = 0; f < whole; f += LENGTH) {
                tile(from + f * ActivationPanels.ROW_BYTES, at(out, f, panels), lane, panels, tile);
            }
            for (int f = whole; f < features; f++) {
                for (int l = 0; l < LENGTH; l++) {
                    MEMORY.set(
                            FLOAT,
                            at(out, f, panels) + place(lane + l, panels) * ROW,
                            MEMORY.get(FLOAT, from + f * ActivationPanels.ROW_BYTES + l * 4L));
                }
            }
        }
    }

    /** Where a feature stands in the first row of its block. */
    private static long at(long out, int feature, int panels) {
        return out + feature / FEATURES * block(panels) + feature % FEATURES * 4L;
    }

    private static void tile(long from, long to, int lane, int panels, long tile) {
        if (LENGTH == 16) {
            for (int r = 0; r < 8; r++) {
                eight(from + r * ActivationPanels.ROW_BYTES, 8 * ActivationPanels.ROW_BYTES, tile + r * TILE_ROW);
            }
            from = tile;
        }
        long row = LENGTH == 16 ? TILE_ROW : ActivationPanels.ROW_BYTES;
        if (LENGTH >= 8) {
            for (int r = 0; r < LENGTH; r += 8) {
                for (int s = r; s < r + 4; s++) {
                    four(from + s * row, 4 * row, tile + s * TILE_ROW);
                }
            }
            from = tile;
            row = TILE_ROW;
        }
        for (int r = 0; r < LENGTH; r += 4) {
            two(from + r * row, 2 * row, tile + r * TILE_ROW);
            two(from + (r + 1) * row, 2 * row, tile + (r + 1) * TILE_ROW);
        }
        for (int r = 0; r < LENGTH; r += 2) {
            one(tile + r * TILE_ROW, to + place(lane + r, panels) * ROW, to + place(lane + r + 1, panels) * ROW);
        }
    }

    private static void eight(long from, long apart, long to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + apart, ORDER);
        a.blend(b.rearrange(SWAP_8), SECOND_8).intoMemorySegment(MEMORY, to, ORDER);
        a.rearrange(SWAP_8).blend(b, SECOND_8).intoMemorySegment(MEMORY, to + 8 * TILE_ROW, ORDER);
    }

    private static void four(long from, long apart, long to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + apart, ORDER);
        a.blend(b.rearrange(SWAP_4), SECOND_4).intoMemorySegment(MEMORY, to, ORDER);
        a.rearrange(SWAP_4).blend(b, SECOND_4).intoMemorySegment(MEMORY, to + 4 * TILE_ROW, ORDER);
    }

    private static void two(long from, long apart, long to) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + apart, ORDER);
        a.blend(b.rearrange(SWAP_2), SECOND_2).intoMemorySegment(MEMORY, to, ORDER);
        a.rearrange(SWAP_2).blend(b, SECOND_2).intoMemorySegment(MEMORY, to + 2 * TILE_ROW, ORDER);
    }

    private static void one(long from, long to, long next) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + TILE_ROW, ORDER);
        a.blend(b.rearrange(SWAP_1), SECOND_1).intoMemorySegment(MEMORY, to, ORDER);
        a.rearrange(SWAP_1).blend(b, SECOND_1).intoMemorySegment(MEMORY, next, ORDER);
    }
}
