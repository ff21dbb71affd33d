package org.espalier.engine;

import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns a panel from [feature][lane] to [lane][feature], in square tiles of one register a row: for each distance d,
 * rows d apart exchange the lanes whose bit d is set in one and clear in the other (Eklundh 1972). Offsets are
 * addresses in {@link Lanes#MEMORY}.
 */
final class PanelTurn {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final long TILE_ROW = 64;
    private static final VectorMask<Float> SECOND_8 = second(8);
    private static final VectorMask<Float> SECOND_4 = second(4);
    private static final VectorMask<Float> SECOND_2 = second(2);
    private static final VectorMask<Float> SECOND_1 = second(1);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    private PanelTurn() {}

    private static VectorMask<Float> second(int distance) {
        boolean[] bits = new boolean[LENGTH];
        for (int lane = 0; lane < LENGTH; lane++) {
            bits[lane] = (lane & distance) != 0;
        }
        return VectorMask.fromArray(FLOATS, bits, 0);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % LENGTH);
    }

    /**
     * Turns one panel.
     *
     * @param line bytes from one lane's features to the next lane's
     * @param tile 1 KiB of scratch
     */
    static void run(long panel, int features, long out, long line, long tile) {
        int whole = features - features % LENGTH;
        for (int f = 0; f < whole; f += LENGTH) {
            for (int lane = 0; lane < Panels.LANES; lane += LENGTH) {
                tile(panel + f * Panels.ROW_BYTES + lane * 4L, out + lane * line + f * 4L, line, tile);
            }
        }
        for (int f = whole; f < features; f++) {
            for (int lane = 0; lane < Panels.LANES; lane++) {
                MEMORY.set(
                        FLOAT, out + lane * line + f * 4L, MEMORY.get(FLOAT, panel + f * Panels.ROW_BYTES + lane * 4L));
            }
        }
    }

    private static void tile(long from, long to, long line, long tile) {
        if (LENGTH == 16) {
            for (int r = 0; r < 8; r++) {
                eight(from + r * Panels.ROW_BYTES, 8 * Panels.ROW_BYTES, tile + r * TILE_ROW);
            }
            from = tile;
        }
        long row = LENGTH == 16 ? TILE_ROW : Panels.ROW_BYTES;
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
            one(tile + r * TILE_ROW, to + r * line, line);
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

    private static void one(long from, long to, long line) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + TILE_ROW, ORDER);
        a.blend(b.rearrange(SWAP_1), SECOND_1).intoMemorySegment(MEMORY, to, ORDER);
        a.rearrange(SWAP_1).blend(b, SECOND_1).intoMemorySegment(MEMORY, to + line, ORDER);
    }
}
