package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.simd.Lanes;

/**
 * Dense weights times a panel on machines of 16 registers. Weights of some rows are interleaved ({@link InterleavedRows}), so that a
 * turn needs one running index: a core gives up a multiply-add for each instruction beyond what it can start in a cycle, and
 * where its other thread is busy it starts half as many. A block is 3 outputs x 4 registers, which with 12 accumulators, 3
 * weights and 1 register of activations is all there are: 26 instructions for 12 multiply-adds. C2's scheduler for
 * register pressure holds two registers of activations at a time, so that an accumulator lives in memory, at less than half the
 * speed; bin/java-options-avx2 turns it off. So these blocks run only where {@link Lanes#TWELVE_CHAINS} says that it is off.
 * Otherwise a block is 4 outputs x 2 registers: 8 accumulators, 2 registers of activations and 4 weights, 20
 * instructions for 8 multiply-adds. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class DenseMatmul256 {
    private static final int ROWS = InterleavedRows.ROWS;
    /** Bytes of activations that a block takes. */
    private static final long WIDTH = (ROWS == 3 ? 4 : 2) * BYTES;

    private DenseMatmul256() {}

    /**
     * See {@link Kernels#dense}; {@code out} holds the chains' starting values.
     *
     * @param wRows rows of the matrix, in whole groups or not
     */
    public static void run(float[] w, int wRows, int[] rowIndex, int first, int rows, int depth, long x, long out) {
        int whole = InterleavedRows.whole(wRows);
        int length = InterleavedRows.part(depth);
        for (int from = 0; from < depth; from += length) {
            int terms = Math.min(length, depth - from);
            long at = x + from * ActivationPanels.ROW_BYTES;
            for (int r = 0; r < rows; ) {
                int row = rowIndex[first + r];
                int weights = from * whole + row / ROWS * terms * ROWS;
                long to = out + r * ActivationPanels.ROW_BYTES;
                if (row % ROWS == 0 && r + ROWS <= rows && rowIndex[first + r + ROWS - 1] == row + ROWS - 1) {
                    for (long part = 0; part < ActivationPanels.ROW_BYTES; part += WIDTH) {
                        if (ROWS == 3) {
                            three(w, weights, weights + terms * ROWS, at + part, to + part);
                        } else {
                            four(w, weights, weights + terms * ROWS, at + part, to + part);
                        }
                    }
                    r += ROWS;
                } else {
                    for (long part = 0; part < ActivationPanels.ROW_BYTES; part += 4 * BYTES) {
                        one(w, weights + row % ROWS, terms, at + part, to + part);
                    }
                    r++;
                }
            }
        }
    }

    private static void three(float[] w, int k, int end, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector b2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector b3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector c1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector c2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector c3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        long from = x - k * 85L; // 256 bytes to three weights: 85 to each and 1 more a turn
        for (; k < end; k += 3, from++) {
            long at = from + k * 85L;
            FloatVector w0 = FloatVector.broadcast(FLOATS, w[k]);
            FloatVector w1 = FloatVector.broadcast(FLOATS, w[k + 1]);
            FloatVector w2 = FloatVector.broadcast(FLOATS, w[k + 2]);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            a0 = w0.fma(x0, a0);
            b0 = w1.fma(x0, b0);
            c0 = w2.fma(x0, c0);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            a1 = w0.fma(x1, a1);
            b1 = w1.fma(x1, b1);
            c1 = w2.fma(x1, c1);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            a2 = w0.fma(x2, a2);
            b2 = w1.fma(x2, b2);
            c2 = w2.fma(x2, c2);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            a3 = w0.fma(x3, a3);
            b3 = w1.fma(x3, b3);
            c3 = w2.fma(x3, c3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        c1.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        c2.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        c3.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
    }

    private static void four(float[] w, int k, int end, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector c1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        long from = x - k * (ActivationPanels.ROW_BYTES / 4);
        for (; k < end; k += 4) {
            long at = from + k * (ActivationPanels.ROW_BYTES / 4);
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
        b0.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        c1.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        d0.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
    }

    /** A row whose neighbours are not wanted, and 4 registers, so that as many chains are in flight. */
    private static void one(float[] w, int k, int terms, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        for (int n = 0; n < terms; n++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, w[k + n * ROWS]);
            long at = x + n * ActivationPanels.ROW_BYTES;
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
