package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * Dense weights times a panel on machines of 16 registers. A block is 4 outputs x 2 registers: 8 accumulators, 2 registers
 * of activations and 4 weights, because C2 loads all of a turn's operands before its first multiply-add; larger blocks
 * spill. Weights of four rows are interleaved ({@link QuadRows}), so that a turn needs one running index: 20 instructions
 * for 8 multiply-adds, which is what a core can start in the 4 cycles that these take. Shorter turns are unrolled by
 * C2, and spill again. Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class QuadProduct {
    private static final int ROWS = QuadRows.ROWS;
    /** Most terms taken at a time: their rows of activations, 28 KiB, stay in the nearest cache for all outputs. */
    private static final int DEPTH = 112;
    /** Bytes of activations to one interleaved weight. */
    private static final long STEP = Panels.ROW_BYTES / ROWS;

    private static final long PAIR = 2 * BYTES;

    private QuadProduct() {}

    /** See {@link Kernels#dense}; {@code out} holds the chains' starting values. */
    static void run(float[] w, int[] rowIndex, int first, int rows, int depth, long x, long out) {
        int parts = (depth + DEPTH - 1) / DEPTH;
        int length = (depth + parts - 1) / Math.max(1, parts); // equal parts: a short last one would cost as much
        for (int from = 0; from < depth; from += length) {
            int terms = Math.min(length, depth - from);
            long at = x + from * Panels.ROW_BYTES;
            for (int r = 0; r < rows; ) {
                int row = rowIndex[first + r];
                int weights = (row / ROWS * depth + from) * ROWS;
                long to = out + r * Panels.ROW_BYTES;
                if (row % ROWS == 0 && r + ROWS <= rows && rowIndex[first + r + ROWS - 1] == row + ROWS - 1) {
                    for (long pair = 0; pair < Panels.ROW_BYTES; pair += PAIR) {
                        four(w, weights, weights + terms * ROWS, at + pair, to + pair);
                    }
                    r += ROWS;
                } else {
                    for (long pair = 0; pair < Panels.ROW_BYTES; pair += 2 * PAIR) {
                        one(w, weights + row % ROWS, terms, at + pair, to + pair);
                    }
                    r++;
                }
            }
        }
    }

    private static void four(float[] w, int k, int end, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + Panels.ROW_BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + Panels.ROW_BYTES + BYTES, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * Panels.ROW_BYTES, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * Panels.ROW_BYTES + BYTES, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * Panels.ROW_BYTES, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * Panels.ROW_BYTES + BYTES, ORDER);
        long from = x - k * STEP;
        for (; k < end; k += ROWS) {
            long at = from + k * STEP;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[k]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            weight = FloatVector.broadcast(FLOATS, w[k + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            weight = FloatVector.broadcast(FLOATS, w[k + 2]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            weight = FloatVector.broadcast(FLOATS, w[k + 3]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + Panels.ROW_BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, o + Panels.ROW_BYTES + BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, o + 2 * Panels.ROW_BYTES, ORDER);
        c1.intoMemorySegment(MEMORY, o + 2 * Panels.ROW_BYTES + BYTES, ORDER);
        d0.intoMemorySegment(MEMORY, o + 3 * Panels.ROW_BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, o + 3 * Panels.ROW_BYTES + BYTES, ORDER);
    }

    /** A row whose neighbours are not wanted, and 4 registers, so that as many chains are in flight. */
    private static void one(float[] w, int k, int terms, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        for (int n = 0; n < terms; n++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, w[k + n * ROWS]);
            long at = x + n * Panels.ROW_BYTES;
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }
}
