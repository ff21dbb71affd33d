package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.ActivationPanels;

/**
 * Gradients of some channels by some neighbouring weights, over positions of one row: 16 chains to a weight, which stand in
 * memory before and after. With registers narrower than 16 lanes each takes its part of the chains. Offsets are addresses in
 * {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class GradientBlocks {
    private static final int ROW = (int) ActivationPanels.ROW_BYTES;

    private GradientBlocks() {}

    /** Four channels by six weights; rows of channels past the last repeat it. */
    static void bySix(
            long d,
            long channel,
            int last,
            int deltaStep,
            long in,
            int inStep,
            int[] offsets,
            int k,
            int positions,
            long sums,
            long row) {
        long delta1 = d + Math.min(1, last) * channel;
        long delta2 = d + Math.min(2, last) * channel;
        long delta3 = d + Math.min(3, last) * channel;
        long x0 = in + offsets[k];
        long x1 = in + offsets[k + 1];
        long x2 = in + offsets[k + 2];
        long x3 = in + offsets[k + 3];
        long x4 = in + offsets[k + 4];
        long x5 = in + offsets[k + 5];
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 64, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 128, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 192, ORDER);
        FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 256, ORDER);
        FloatVector a5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 320, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 64, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 128, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 192, ORDER);
        FloatVector b4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 256, ORDER);
        FloatVector b5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 320, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 64, ORDER);
        FloatVector c2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 128, ORDER);
        FloatVector c3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 192, ORDER);
        FloatVector c4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 256, ORDER);
        FloatVector c5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 320, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 64, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 128, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 192, ORDER);
        FloatVector d4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 256, ORDER);
        FloatVector d5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 320, ORDER);
        int at = 0;
        int from = 0;
        for (int n = 0; n < positions; n++) {
            for (int end = at + ROW; at < end; at += 64, from += 64) {
                FloatVector p = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + from, ORDER);
                FloatVector q = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta1 + from, ORDER);
                FloatVector r = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta2 + from, ORDER);
                FloatVector s = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta3 + from, ORDER);
                FloatVector x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + at, ORDER);
                a0 = p.fma(x, a0);
                b0 = q.fma(x, b0);
                c0 = r.fma(x, c0);
                d0 = s.fma(x, d0);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + at, ORDER);
                a1 = p.fma(x, a1);
                b1 = q.fma(x, b1);
                c1 = r.fma(x, c1);
                d1 = s.fma(x, d1);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + at, ORDER);
                a2 = p.fma(x, a2);
                b2 = q.fma(x, b2);
                c2 = r.fma(x, c2);
                d2 = s.fma(x, d2);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + at, ORDER);
                a3 = p.fma(x, a3);
                b3 = q.fma(x, b3);
                c3 = r.fma(x, c3);
                d3 = s.fma(x, d3);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + at, ORDER);
                a4 = p.fma(x, a4);
                b4 = q.fma(x, b4);
                c4 = r.fma(x, c4);
                d4 = s.fma(x, d4);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + at, ORDER);
                a5 = p.fma(x, a5);
                b5 = q.fma(x, b5);
                c5 = r.fma(x, c5);
                d5 = s.fma(x, d5);
            }
            at += inStep;
            from += deltaStep;
        }
        a0.intoMemorySegment(MEMORY, sums, ORDER);
        a1.intoMemorySegment(MEMORY, sums + 64, ORDER);
        a2.intoMemorySegment(MEMORY, sums + 128, ORDER);
        a3.intoMemorySegment(MEMORY, sums + 192, ORDER);
        a4.intoMemorySegment(MEMORY, sums + 256, ORDER);
        a5.intoMemorySegment(MEMORY, sums + 320, ORDER);
        b0.intoMemorySegment(MEMORY, sums + row, ORDER);
        b1.intoMemorySegment(MEMORY, sums + row + 64, ORDER);
        b2.intoMemorySegment(MEMORY, sums + row + 128, ORDER);
        b3.intoMemorySegment(MEMORY, sums + row + 192, ORDER);
        b4.intoMemorySegment(MEMORY, sums + row + 256, ORDER);
        b5.intoMemorySegment(MEMORY, sums + row + 320, ORDER);
        c0.intoMemorySegment(MEMORY, sums + 2 * row, ORDER);
        c1.intoMemorySegment(MEMORY, sums + 2 * row + 64, ORDER);
        c2.intoMemorySegment(MEMORY, sums + 2 * row + 128, ORDER);
        c3.intoMemorySegment(MEMORY, sums + 2 * row + 192, ORDER);
        c4.intoMemorySegment(MEMORY, sums + 2 * row + 256, ORDER);
        c5.intoMemorySegment(MEMORY, sums + 2 * row + 320, ORDER);
        d0.intoMemorySegment(MEMORY, sums + 3 * row, ORDER);
        d1.intoMemorySegment(MEMORY, sums + 3 * row + 64, ORDER);
        d2.intoMemorySegment(MEMORY, sums + 3 * row + 128, ORDER);
        d3.intoMemorySegment(MEMORY, sums + 3 * row + 192, ORDER);
        d4.intoMemorySegment(MEMORY, sums + 3 * row + 256, ORDER);
        d5.intoMemorySegment(MEMORY, sums + 3 * row + 320, ORDER);
    }
    /** Four channels by four weights. */
    static void byFour(
            long d,
            long channel,
            int last,
            int deltaStep,
            long in,
            int inStep,
            int[] offsets,
            int k,
            int positions,
            long sums,
            long row) {
        long delta1 = d + Math.min(1, last) * channel;
        long delta2 = d + Math.min(2, last) * channel;
        long delta3 = d + Math.min(3, last) * channel;
        long x0 = in + offsets[k];
        long x1 = in + offsets[k + 1];
        long x2 = in + offsets[k + 2];
        long x3 = in + offsets[k + 3];
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 64, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 128, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 192, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 64, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 128, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 192, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 64, ORDER);
        FloatVector c2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 128, ORDER);
        FloatVector c3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 192, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 64, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 128, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 192, ORDER);
        int at = 0;
        int from = 0;
        for (int n = 0; n < positions; n++) {
            for (int end = at + ROW; at < end; at += 64, from += 64) {
                FloatVector p = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + from, ORDER);
                FloatVector q = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta1 + from, ORDER);
                FloatVector r = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta2 + from, ORDER);
                FloatVector s = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta3 + from, ORDER);
                FloatVector x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + at, ORDER);
                a0 = p.fma(x, a0);
                b0 = q.fma(x, b0);
                c0 = r.fma(x, c0);
                d0 = s.fma(x, d0);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + at, ORDER);
                a1 = p.fma(x, a1);
                b1 = q.fma(x, b1);
                c1 = r.fma(x, c1);
                d1 = s.fma(x, d1);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + at, ORDER);
                a2 = p.fma(x, a2);
                b2 = q.fma(x, b2);
                c2 = r.fma(x, c2);
                d2 = s.fma(x, d2);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + at, ORDER);
                a3 = p.fma(x, a3);
                b3 = q.fma(x, b3);
                c3 = r.fma(x, c3);
                d3 = s.fma(x, d3);
            }
            at += inStep;
            from += deltaStep;
        }
        a0.intoMemorySegment(MEMORY, sums, ORDER);
        a1.intoMemorySegment(MEMORY, sums + 64, ORDER);
        a2.intoMemorySegment(MEMORY, sums + 128, ORDER);
        a3.intoMemorySegment(MEMORY, sums + 192, ORDER);
        b0.intoMemorySegment(MEMORY, sums + row, ORDER);
        b1.intoMemorySegment(MEMORY, sums + row + 64, ORDER);
        b2.intoMemorySegment(MEMORY, sums + row + 128, ORDER);
        b3.intoMemorySegment(MEMORY, sums + row + 192, ORDER);
        c0.intoMemorySegment(MEMORY, sums + 2 * row, ORDER);
        c1.intoMemorySegment(MEMORY, sums + 2 * row + 64, ORDER);
        c2.intoMemorySegment(MEMORY, sums + 2 * row + 128, ORDER);
        c3.intoMemorySegment(MEMORY, sums + 2 * row + 192, ORDER);
        d0.intoMemorySegment(MEMORY, sums + 3 * row, ORDER);
        d1.intoMemorySegment(MEMORY, sums + 3 * row + 64, ORDER);
        d2.intoMemorySegment(MEMORY, sums + 3 * row + 128, ORDER);
        d3.intoMemorySegment(MEMORY, sums + 3 * row + 192, ORDER);
    }
    /** Four channels by two weights. */
    static void byTwo(
            long d,
            long channel,
            int last,
            int deltaStep,
            long in,
            int inStep,
            int[] offsets,
            int k,
            int positions,
            long sums,
            long row) {
        long delta1 = d + Math.min(1, last) * channel;
        long delta2 = d + Math.min(2, last) * channel;
        long delta3 = d + Math.min(3, last) * channel;
        long x0 = in + offsets[k];
        long x1 = in + offsets[k + 1];
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 64, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + row + 64, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row, ORDER);
        FloatVector c1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 2 * row + 64, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, sums + 3 * row + 64, ORDER);
        int at = 0;
        int from = 0;
        for (int n = 0; n < positions; n++) {
            for (int end = at + ROW; at < end; at += 64, from += 64) {
                FloatVector p = FloatVector.fromMemorySegment(FLOATS, MEMORY, d + from, ORDER);
                FloatVector q = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta1 + from, ORDER);
                FloatVector r = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta2 + from, ORDER);
                FloatVector s = FloatVector.fromMemorySegment(FLOATS, MEMORY, delta3 + from, ORDER);
                FloatVector x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + at, ORDER);
                a0 = p.fma(x, a0);
                b0 = q.fma(x, b0);
                c0 = r.fma(x, c0);
                d0 = s.fma(x, d0);
                x = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + at, ORDER);
                a1 = p.fma(x, a1);
                b1 = q.fma(x, b1);
                c1 = r.fma(x, c1);
                d1 = s.fma(x, d1);
            }
            at += inStep;
            from += deltaStep;
        }
        a0.intoMemorySegment(MEMORY, sums, ORDER);
        a1.intoMemorySegment(MEMORY, sums + 64, ORDER);
        b0.intoMemorySegment(MEMORY, sums + row, ORDER);
        b1.intoMemorySegment(MEMORY, sums + row + 64, ORDER);
        c0.intoMemorySegment(MEMORY, sums + 2 * row, ORDER);
        c1.intoMemorySegment(MEMORY, sums + 2 * row + 64, ORDER);
        d0.intoMemorySegment(MEMORY, sums + 3 * row, ORDER);
        d1.intoMemorySegment(MEMORY, sums + 3 * row + 64, ORDER);
    }
}
