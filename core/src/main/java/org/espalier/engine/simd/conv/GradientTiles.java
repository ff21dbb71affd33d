package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * Gradients of one channel's surviving weights over a tile of positions, whose deltas stay in registers. A weight's
 * multiply-adds are one chain, so several weights are in flight. Deltas are added to zero, which changes no sum: as plain
 * loads they would precede the stores of sums, and C2 would not make the inputs operands of the multiply-adds. Offsets are
 * addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class GradientTiles {
    private GradientTiles() {}

    /**
     * Six positions, with 32 registers. Weights are taken one by one: a core looks far enough ahead to overlap their chains. C1
     * refuses a larger method ("out of virtual registers"), which then may never reach C2.
     */
    static void six(
            long delta, long in, int[] offsets, int first, int end, long[] windows, long[] places, int n, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        long at = delta + places[n];
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 1];
        FloatVector d4 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d5 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d6 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d7 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 2];
        FloatVector d8 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d9 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d10 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d11 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 3];
        FloatVector d12 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d13 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d14 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d15 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 4];
        FloatVector d16 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d17 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d18 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d19 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 5];
        FloatVector d20 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d21 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d22 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d23 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        long x2 = in + windows[n + 2];
        long x3 = in + windows[n + 3];
        long x4 = in + windows[n + 4];
        long x5 = in + windows[n + 5];
        long to = sums;
        int k = first;
        for (; k < end; k++, to += 64) {
            long o0 = offsets[k];
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, to, ORDER);
            a = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0, ORDER), a);
            a = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 64, ORDER), a);
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 128, ORDER), a);
            a = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 192, ORDER), a);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0, ORDER), a);
            a = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 64, ORDER), a);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 128, ORDER), a);
            a = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 192, ORDER), a);
            a = d8.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + o0, ORDER), a);
            a = d9.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + o0 + 64, ORDER), a);
            a = d10.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + o0 + 128, ORDER), a);
            a = d11.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + o0 + 192, ORDER), a);
            a = d12.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + o0, ORDER), a);
            a = d13.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + o0 + 64, ORDER), a);
            a = d14.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + o0 + 128, ORDER), a);
            a = d15.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + o0 + 192, ORDER), a);
            a = d16.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + o0, ORDER), a);
            a = d17.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + o0 + 64, ORDER), a);
            a = d18.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + o0 + 128, ORDER), a);
            a = d19.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + o0 + 192, ORDER), a);
            a = d20.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + o0, ORDER), a);
            a = d21.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + o0 + 64, ORDER), a);
            a = d22.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + o0 + 128, ORDER), a);
            a = d23.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + o0 + 192, ORDER), a);
            a.intoMemorySegment(MEMORY, to, ORDER);
        }
    }
    /** Two positions. */
    static void two(
            long delta, long in, int[] offsets, int first, int end, long[] windows, long[] places, int n, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        long at = delta + places[n];
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        at = delta + places[n + 1];
        FloatVector d4 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d5 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d6 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d7 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        long to = sums;
        int k = first;
        for (; k + 4 <= end; k += 4, to += 256) {
            long o0 = offsets[k];
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, to, ORDER);
            long o1 = offsets[k + 1];
            FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 64, ORDER);
            long o2 = offsets[k + 2];
            FloatVector c = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 128, ORDER);
            long o3 = offsets[k + 3];
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 192, ORDER);
            a = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0, ORDER), a);
            b = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1, ORDER), b);
            c = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2, ORDER), c);
            d = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3, ORDER), d);
            a = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 64, ORDER), a);
            b = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 64, ORDER), b);
            c = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 64, ORDER), c);
            d = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 64, ORDER), d);
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 128, ORDER), a);
            b = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 128, ORDER), b);
            c = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 128, ORDER), c);
            d = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 128, ORDER), d);
            a = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 192, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 192, ORDER), b);
            c = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 192, ORDER), c);
            d = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 192, ORDER), d);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0, ORDER), a);
            b = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o1, ORDER), b);
            c = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o2, ORDER), c);
            d = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o3, ORDER), d);
            a = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 64, ORDER), a);
            b = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o1 + 64, ORDER), b);
            c = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o2 + 64, ORDER), c);
            d = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o3 + 64, ORDER), d);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 128, ORDER), a);
            b = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o1 + 128, ORDER), b);
            c = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o2 + 128, ORDER), c);
            d = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o3 + 128, ORDER), d);
            a = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 192, ORDER), a);
            b = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o1 + 192, ORDER), b);
            c = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o2 + 192, ORDER), c);
            d = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o3 + 192, ORDER), d);
            a.intoMemorySegment(MEMORY, to, ORDER);
            b.intoMemorySegment(MEMORY, to + 64, ORDER);
            c.intoMemorySegment(MEMORY, to + 128, ORDER);
            d.intoMemorySegment(MEMORY, to + 192, ORDER);
        }
        for (; k < end; k++, to += 64) {
            long o0 = offsets[k];
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, to, ORDER);
            a = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0, ORDER), a);
            a = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 64, ORDER), a);
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 128, ORDER), a);
            a = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 192, ORDER), a);
            a = d4.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0, ORDER), a);
            a = d5.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 64, ORDER), a);
            a = d6.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 128, ORDER), a);
            a = d7.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + o0 + 192, ORDER), a);
            a.intoMemorySegment(MEMORY, to, ORDER);
        }
    }
    /** One position. */
    static void one(
            long delta, long in, int[] offsets, int first, int end, long[] windows, long[] places, int n, long sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        long at = delta + places[n];
        FloatVector d0 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(zero);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 64, ORDER).add(zero);
        FloatVector d2 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 128, ORDER).add(zero);
        FloatVector d3 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 192, ORDER).add(zero);
        long x0 = in + windows[n];
        long to = sums;
        int k = first;
        for (; k + 4 <= end; k += 4, to += 256) {
            long o0 = offsets[k];
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, to, ORDER);
            long o1 = offsets[k + 1];
            FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 64, ORDER);
            long o2 = offsets[k + 2];
            FloatVector c = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 128, ORDER);
            long o3 = offsets[k + 3];
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 192, ORDER);
            a = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0, ORDER), a);
            b = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1, ORDER), b);
            c = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2, ORDER), c);
            d = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3, ORDER), d);
            a = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 64, ORDER), a);
            b = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 64, ORDER), b);
            c = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 64, ORDER), c);
            d = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 64, ORDER), d);
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 128, ORDER), a);
            b = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 128, ORDER), b);
            c = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 128, ORDER), c);
            d = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 128, ORDER), d);
            a = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 192, ORDER), a);
            b = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o1 + 192, ORDER), b);
            c = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o2 + 192, ORDER), c);
            d = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o3 + 192, ORDER), d);
            a.intoMemorySegment(MEMORY, to, ORDER);
            b.intoMemorySegment(MEMORY, to + 64, ORDER);
            c.intoMemorySegment(MEMORY, to + 128, ORDER);
            d.intoMemorySegment(MEMORY, to + 192, ORDER);
        }
        for (; k < end; k++, to += 64) {
            long o0 = offsets[k];
            FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, to, ORDER);
            a = d0.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0, ORDER), a);
            a = d1.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 64, ORDER), a);
            a = d2.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 128, ORDER), a);
            a = d3.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + o0 + 192, ORDER), a);
            a.intoMemorySegment(MEMORY, to, ORDER);
        }
    }
}
