package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.simd.Lanes;

/**
 * Dense weights times a panel. With 32 registers of 512 bits a block is 6 outputs x 4 registers: 24 accumulators
 * hide the latency of the multiply-adds, and each activation loaded serves 6 of them. On a core with two ports for
 * multiply-adds what is lost goes to the integer instructions of the loop (addresses, one for each row of weights), which
 * the core sends to the same ports; the more multiply-adds to a turn, the less. Six rows leave two registers free;
 * turns unrolled by two spill. Machines of 16 registers have {@link DenseMatmul256}. Offsets are addresses in
 * {@link Lanes#MEMORY}.
 */
public final class DenseMatmul512 {
    /** Most terms taken at a time: their rows of activations, 28 KiB, stay in the nearest cache for all outputs. */
    private static final int DEPTH = 112;

    private DenseMatmul512() {}

    public static void run(float[] w, int[] rowIndex, int first, int rows, int depth, long x, long out) {
        int parts = (depth + DEPTH - 1) / DEPTH;
        int length = (depth + parts - 1) / Math.max(1, parts); // equal parts: a short last one would cost as much
        for (int from = 0; from < depth; from += length) {
            int terms = Math.min(length, depth - from);
            part(w, rowIndex, first, rows, depth, from, terms, x + from * ActivationPanels.ROW_BYTES, out);
        }
    }

    /** {@code depth} terms of all lanes, which four registers hold; row r of weights starts at {@code rowIndex[r] * rowStride + shift}. */
    private static void part(
            float[] w, int[] rowIndex, int first, int rows, int rowStride, int shift, int depth, long from, long to) {
        int r = 0;
        for (; r + 6 <= rows; r += 6) {
            six(
                    w,
                    rowIndex[first + r] * rowStride + shift,
                    rowIndex[first + r + 1] * rowStride + shift,
                    rowIndex[first + r + 2] * rowStride + shift,
                    rowIndex[first + r + 3] * rowStride + shift,
                    rowIndex[first + r + 4] * rowStride + shift,
                    rowIndex[first + r + 5] * rowStride + shift,
                    depth,
                    from,
                    to + r * ActivationPanels.ROW_BYTES);
        }
        for (; r + 4 <= rows; r += 4) {
            four(
                    w,
                    rowIndex[first + r] * rowStride + shift,
                    rowIndex[first + r + 1] * rowStride + shift,
                    rowIndex[first + r + 2] * rowStride + shift,
                    rowIndex[first + r + 3] * rowStride + shift,
                    depth,
                    from,
                    to + r * ActivationPanels.ROW_BYTES);
        }
        for (; r + 2 <= rows; r += 2) {
            two(
                    w,
                    rowIndex[first + r] * rowStride + shift,
                    rowIndex[first + r + 1] * rowStride + shift,
                    depth,
                    from,
                    to + r * ActivationPanels.ROW_BYTES);
        }
        for (; r < rows; r++) {
            one(w, rowIndex[first + r] * rowStride + shift, depth, from, to + r * ActivationPanels.ROW_BYTES);
        }
    }

    private static void six(float[] w, int w0, int w1, int w2, int w3, int w4, int w5, int depth, long x, long o) {
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
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector d2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector d3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        FloatVector e0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector e1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector e2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector e3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        FloatVector f0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector f1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector f2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector f3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        for (int n = 0; n < depth; n++) {
            long at = x + n * ActivationPanels.ROW_BYTES;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[w0 + n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[w1 + n]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = FloatVector.broadcast(FLOATS, w[w2 + n]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
            weight = FloatVector.broadcast(FLOATS, w[w3 + n]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            d2 = weight.fma(x2, d2);
            d3 = weight.fma(x3, d3);
            weight = FloatVector.broadcast(FLOATS, w[w4 + n]);
            e0 = weight.fma(x0, e0);
            e1 = weight.fma(x1, e1);
            e2 = weight.fma(x2, e2);
            e3 = weight.fma(x3, e3);
            weight = FloatVector.broadcast(FLOATS, w[w5 + n]);
            f0 = weight.fma(x0, f0);
            f1 = weight.fma(x1, f1);
            f2 = weight.fma(x2, f2);
            f3 = weight.fma(x3, f3);
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
        d0.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        d2.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        d3.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        e0.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES, ORDER);
        e1.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        e2.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        e3.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        f0.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES, ORDER);
        f1.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        f2.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        f3.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
    }

    private static void four(float[] w, int w0, int w1, int w2, int w3, int depth, long x, long o) {
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
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector d2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        FloatVector d3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
        for (int n = 0; n < depth; n++) {
            long at = x + n * ActivationPanels.ROW_BYTES;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[w0 + n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[w1 + n]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = FloatVector.broadcast(FLOATS, w[w2 + n]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
            weight = FloatVector.broadcast(FLOATS, w[w3 + n]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            d2 = weight.fma(x2, d2);
            d3 = weight.fma(x3, d3);
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
        d0.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        d2.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        d3.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
    }

    private static void two(float[] w, int w0, int w1, int depth, long x, long o) {
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
        for (int n = 0; n < depth; n++) {
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES, ORDER);
            FloatVector x1 =
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(
                    FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(
                    FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[w0 + n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[w1 + n]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER);
    }

    private static void one(float[] w, int w0, int depth, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);

        for (int n = 0; n < depth; n++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, w[w0 + n]);
            a0 = weight.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES, ORDER), a0);
            a1 = weight.fma(
                    FloatVector.fromMemorySegment(FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + BYTES, ORDER),
                    a1);
            a2 = weight.fma(
                    FloatVector.fromMemorySegment(
                            FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + 2 * BYTES, ORDER),
                    a2);
            a3 = weight.fma(
                    FloatVector.fromMemorySegment(
                            FLOATS, MEMORY, x + n * ActivationPanels.ROW_BYTES + 3 * BYTES, ORDER),
                    a3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }
}
