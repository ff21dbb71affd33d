package org.espalier.engine.simd.conv;

import org.espalier.engine.simd.Lanes;

/** How many rows, or positions, a kernel takes next of those that remain, so that none is left alone where it can be helped. */
final class Cuts {
    private static final boolean THREES = Lanes.TWELVE_CHAINS;

    private Cuts() {}

    /** Output channels to a block of the dense product: six, four, three, two or one with 32 registers. */
    static int channels(int remaining) {
        if (Lanes.WIDE) {
            return wide(remaining);
        }
        return THREES ? threes(remaining) : 2 - remaining % 2; // a single one first
    }

    /** Positions to a tile of one output channel. */
    static int positions(int remaining) {
        return Lanes.WIDE ? wide(remaining) : threes(remaining);
    }

    /** Weights of a dense gradient's row, with padding to whole blocks. */
    static int weights(int depth) {
        return Lanes.WIDE ? Math.max((depth + 1) / 2 * 2, 4) : (depth + 1) / 2 * 2;
    }

    /** Weights to a block of the dense gradient: six or four with 32 registers, else two. */
    static int weightsNext(int remaining) {
        return Lanes.WIDE ? wide(remaining) : 2;
    }

    /** Sixes, with a three for odd numbers and one or two fours for what is left then. */
    static int wide(int remaining) {
        if (remaining % 2 == 1) {
            return remaining == 1 ? 1 : 3;
        }
        return switch (remaining % 6) {
            case 0 -> 6;
            case 4 -> 4;
            default -> remaining == 2 ? 2 : 4;
        };
    }

    private static int threes(int remaining) {
        return remaining == 2 || remaining == 4 ? 2 : Math.min(remaining, 3);
    }
}
