package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.GROUPS;
import static org.espalier.engine.Lanes.GROUP_BYTES;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Dense weights times a panel. With 32 registers of 512 bits a block is 5 outputs x 4 registers: 20 accumulators
 * hide the latency of the multiply-adds, and each activation loaded serves 5 of them. Machines of 16 registers
 * take 2 outputs x 4.
 */
final class DenseProduct {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int BLOCK = FLOATS.length() == 16 ? 5 : 2;

    private DenseProduct() {}

    static void run(
            MemorySegment w,
            int[] rowIndex,
            int first,
            int rows,
            long rowStride,
            long depthStride,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset) {
        for (int g = 0; g < GROUPS; g++) {
            long from = xOffset + g * GROUP_BYTES;
            long to = outOffset + g * GROUP_BYTES;
            int r = 0;
            for (; r + BLOCK <= rows; r += BLOCK) {
                start(biases, rowIndex, first + r, BLOCK, out, to + r * Panels.ROW_BYTES);
                if (BLOCK == 5) {
                    five(
                            w,
                            rowIndex[first + r] * rowStride,
                            rowIndex[first + r + 1] * rowStride,
                            rowIndex[first + r + 2] * rowStride,
                            rowIndex[first + r + 3] * rowStride,
                            rowIndex[first + r + 4] * rowStride,
                            depthStride,
                            depth,
                            x,
                            from,
                            out,
                            to + r * Panels.ROW_BYTES);
                } else {
                    two(
                            w,
                            rowIndex[first + r] * rowStride,
                            rowIndex[first + r + 1] * rowStride,
                            depthStride,
                            depth,
                            x,
                            from,
                            out,
                            to + r * Panels.ROW_BYTES);
                }
            }
            for (; r < rows; r++) {
                start(biases, rowIndex, first + r, 1, out, to + r * Panels.ROW_BYTES);
                one(w, rowIndex[first + r] * rowStride, depthStride, depth, x, from, out, to + r * Panels.ROW_BYTES);
            }
        }
    }

    /** The chains' starting values: biases, or 0. */
    private static void start(
            float @Nullable [] biases, int[] rowIndex, int row, int rows, MemorySegment out, long offset) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = all(biases == null ? 0f : biases[rowIndex[row + r]]);
            for (int v = 0; v < 4; v++) {
                bias.intoMemorySegment(out, offset + r * Panels.ROW_BYTES + v * BYTES, ORDER);
            }
        }
    }

    private static void five(
            MemorySegment w,
            long w0,
            long w1,
            long w2,
            long w3,
            long w4,
            long depthStride,
            int depth,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long o) {
        FloatVector a0 = load(out, o);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = load(out, o + Panels.ROW_BYTES);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector c0 = load(out, o + 2 * Panels.ROW_BYTES);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector d0 = load(out, o + 3 * Panels.ROW_BYTES);
        FloatVector d1 = d0;
        FloatVector d2 = d0;
        FloatVector d3 = d0;
        FloatVector e0 = load(out, o + 4 * Panels.ROW_BYTES);
        FloatVector e1 = e0;
        FloatVector e2 = e0;
        FloatVector e3 = e0;
        long at = xOffset;
        long k = 0;
        for (int n = 0; n < depth; n++) {
            FloatVector x0 = load(x, at);
            FloatVector x1 = load(x, at + BYTES);
            FloatVector x2 = load(x, at + 2 * BYTES);
            FloatVector x3 = load(x, at + 3 * BYTES);
            FloatVector weight = all(w.get(FLOAT, w0 + k));
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = all(w.get(FLOAT, w1 + k));
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = all(w.get(FLOAT, w2 + k));
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
            weight = all(w.get(FLOAT, w3 + k));
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            d2 = weight.fma(x2, d2);
            d3 = weight.fma(x3, d3);
            weight = all(w.get(FLOAT, w4 + k));
            e0 = weight.fma(x0, e0);
            e1 = weight.fma(x1, e1);
            e2 = weight.fma(x2, e2);
            e3 = weight.fma(x3, e3);
            at += Panels.ROW_BYTES;
            k += depthStride;
        }
        store(out, o, a0, a1, a2, a3);
        store(out, o + Panels.ROW_BYTES, b0, b1, b2, b3);
        store(out, o + 2 * Panels.ROW_BYTES, c0, c1, c2, c3);
        store(out, o + 3 * Panels.ROW_BYTES, d0, d1, d2, d3);
        store(out, o + 4 * Panels.ROW_BYTES, e0, e1, e2, e3);
    }

    private static void two(
            MemorySegment w,
            long w0,
            long w1,
            long depthStride,
            int depth,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long o) {
        FloatVector a0 = load(out, o);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = load(out, o + Panels.ROW_BYTES);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        long at = xOffset;
        long k = 0;
        for (int n = 0; n < depth; n++) {
            FloatVector x0 = load(x, at);
            FloatVector x1 = load(x, at + BYTES);
            FloatVector x2 = load(x, at + 2 * BYTES);
            FloatVector x3 = load(x, at + 3 * BYTES);
            FloatVector weight = all(w.get(FLOAT, w0 + k));
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = all(w.get(FLOAT, w1 + k));
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            at += Panels.ROW_BYTES;
            k += depthStride;
        }
        store(out, o, a0, a1, a2, a3);
        store(out, o + Panels.ROW_BYTES, b0, b1, b2, b3);
    }

    private static void one(
            MemorySegment w,
            long w0,
            long depthStride,
            int depth,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long o) {
        FloatVector a0 = load(out, o);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        long at = xOffset;
        long k = w0;
        for (int n = 0; n < depth; n++) {
            FloatVector weight = all(w.get(FLOAT, k));
            a0 = weight.fma(load(x, at), a0);
            a1 = weight.fma(load(x, at + BYTES), a1);
            a2 = weight.fma(load(x, at + 2 * BYTES), a2);
            a3 = weight.fma(load(x, at + 3 * BYTES), a3);
            at += Panels.ROW_BYTES;
            k += depthStride;
        }
        store(out, o, a0, a1, a2, a3);
    }

    private static void store(
            MemorySegment out, long o, FloatVector v0, FloatVector v1, FloatVector v2, FloatVector v3) {
        v0.intoMemorySegment(out, o, ORDER);
        v1.intoMemorySegment(out, o + BYTES, ORDER);
        v2.intoMemorySegment(out, o + 2 * BYTES, ORDER);
        v3.intoMemorySegment(out, o + 3 * BYTES, ORDER);
    }
}
