package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Blocks of output channels and positions with 32 registers: 24 accumulators where there are enough rows or positions. Offsets
 * are addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}. Weights stand term by term, those of the block's channels
 * side by side, from index {@code first}. Chains start from the biases from {@code row} on. Sums below {@code below} become 0: 0 for
 * a ReLU, negative infinity for none.
 */
final class DenseBlocks512 {
    private DenseBlocks512() {}

    /** Six channels at one position. */
    static void six(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x,
            long o,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector c0 = FloatVector.broadcast(FLOATS, biases[row + 2]);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector d0 = FloatVector.broadcast(FLOATS, biases[row + 3]);
        FloatVector d1 = d0;
        FloatVector d2 = d0;
        FloatVector d3 = d0;
        FloatVector e0 = FloatVector.broadcast(FLOATS, biases[row + 4]);
        FloatVector e1 = e0;
        FloatVector e2 = e0;
        FloatVector e3 = e0;
        FloatVector f0 = FloatVector.broadcast(FLOATS, biases[row + 5]);
        FloatVector f1 = f0;
        FloatVector f2 = f0;
        FloatVector f3 = f0;
        for (int k = 0, n = first; k < depth; k++, n += 6) {
            long at = x + offsets[k];
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[n + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = FloatVector.broadcast(FLOATS, w[n + 2]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
            weight = FloatVector.broadcast(FLOATS, w[n + 3]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            d2 = weight.fma(x2, d2);
            d3 = weight.fma(x3, d3);
            weight = FloatVector.broadcast(FLOATS, w[n + 4]);
            e0 = weight.fma(x0, e0);
            e1 = weight.fma(x1, e1);
            e2 = weight.fma(x2, e2);
            e3 = weight.fma(x3, e3);
            weight = FloatVector.broadcast(FLOATS, w[n + 5]);
            f0 = weight.fma(x0, f0);
            f1 = weight.fma(x1, f1);
            f2 = weight.fma(x2, f2);
            f3 = weight.fma(x3, f3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
        c0.blend(zero, c0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel, ORDER);
        c1.blend(zero, c1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + BYTES, ORDER);
        c2.blend(zero, c2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 2 * BYTES, ORDER);
        c3.blend(zero, c3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 3 * BYTES, ORDER);
        d0.blend(zero, d0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel, ORDER);
        d1.blend(zero, d1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + BYTES, ORDER);
        d2.blend(zero, d2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + 2 * BYTES, ORDER);
        d3.blend(zero, d3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + 3 * BYTES, ORDER);
        e0.blend(zero, e0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 4 * channel, ORDER);
        e1.blend(zero, e1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 4 * channel + BYTES, ORDER);
        e2.blend(zero, e2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 4 * channel + 2 * BYTES, ORDER);
        e3.blend(zero, e3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 4 * channel + 3 * BYTES, ORDER);
        f0.blend(zero, f0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 5 * channel, ORDER);
        f1.blend(zero, f1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 5 * channel + BYTES, ORDER);
        f2.blend(zero, f2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 5 * channel + 2 * BYTES, ORDER);
        f3.blend(zero, f3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 5 * channel + 3 * BYTES, ORDER);
    }
    /** Four channels at one position. */
    static void four(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x,
            long o,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector c0 = FloatVector.broadcast(FLOATS, biases[row + 2]);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector d0 = FloatVector.broadcast(FLOATS, biases[row + 3]);
        FloatVector d1 = d0;
        FloatVector d2 = d0;
        FloatVector d3 = d0;
        for (int k = 0, n = first; k < depth; k++, n += 4) {
            long at = x + offsets[k];
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[n + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = FloatVector.broadcast(FLOATS, w[n + 2]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
            weight = FloatVector.broadcast(FLOATS, w[n + 3]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            d2 = weight.fma(x2, d2);
            d3 = weight.fma(x3, d3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
        c0.blend(zero, c0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel, ORDER);
        c1.blend(zero, c1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + BYTES, ORDER);
        c2.blend(zero, c2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 2 * BYTES, ORDER);
        c3.blend(zero, c3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 3 * BYTES, ORDER);
        d0.blend(zero, d0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel, ORDER);
        d1.blend(zero, d1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + BYTES, ORDER);
        d2.blend(zero, d2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + 2 * BYTES, ORDER);
        d3.blend(zero, d3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * channel + 3 * BYTES, ORDER);
    }
    /** Three channels at two positions. */
    static void three(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x0,
            long x1,
            long o0,
            long o1,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector b4 = b0;
        FloatVector b5 = b0;
        FloatVector b6 = b0;
        FloatVector b7 = b0;
        FloatVector c0 = FloatVector.broadcast(FLOATS, biases[row + 2]);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        for (int k = 0, n = first; k < depth; k++, n += 3) {
            long offset = offsets[k];
            FloatVector w0 = FloatVector.broadcast(FLOATS, w[n]);
            FloatVector w1 = FloatVector.broadcast(FLOATS, w[n + 1]);
            FloatVector w2 = FloatVector.broadcast(FLOATS, w[n + 2]);
            FloatVector in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER);
            a0 = w0.fma(in, a0);
            b0 = w1.fma(in, b0);
            c0 = w2.fma(in, c0);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER);
            a1 = w0.fma(in, a1);
            b1 = w1.fma(in, b1);
            c1 = w2.fma(in, c1);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER);
            a2 = w0.fma(in, a2);
            b2 = w1.fma(in, b2);
            c2 = w2.fma(in, c2);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER);
            a3 = w0.fma(in, a3);
            b3 = w1.fma(in, b3);
            c3 = w2.fma(in, c3);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER);
            a4 = w0.fma(in, a4);
            b4 = w1.fma(in, b4);
            c4 = w2.fma(in, c4);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER);
            a5 = w0.fma(in, a5);
            b5 = w1.fma(in, b5);
            c5 = w2.fma(in, c5);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER);
            a6 = w0.fma(in, a6);
            b6 = w1.fma(in, b6);
            c6 = w2.fma(in, c6);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER);
            a7 = w0.fma(in, a7);
            b7 = w1.fma(in, b7);
            c7 = w2.fma(in, c7);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0 + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 3 * BYTES, ORDER);
        a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1, ORDER);
        a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1 + BYTES, ORDER);
        a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * BYTES, ORDER);
        a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0 + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + 3 * BYTES, ORDER);
        b4.blend(zero, b4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1 + channel, ORDER);
        b5.blend(zero, b5.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + BYTES, ORDER);
        b6.blend(zero, b6.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + 2 * BYTES, ORDER);
        b7.blend(zero, b7.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + 3 * BYTES, ORDER);
        c0.blend(zero, c0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * channel, ORDER);
        c1.blend(zero, c1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * channel + BYTES, ORDER);
        c2.blend(zero, c2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * channel + 2 * BYTES, ORDER);
        c3.blend(zero, c3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * channel + 3 * BYTES, ORDER);
        c4.blend(zero, c4.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * channel, ORDER);
        c5.blend(zero, c5.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * channel + BYTES, ORDER);
        c6.blend(zero, c6.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * channel + 2 * BYTES, ORDER);
        c7.blend(zero, c7.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * channel + 3 * BYTES, ORDER);
    }

    static void three(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x,
            long o,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector c0 = FloatVector.broadcast(FLOATS, biases[row + 2]);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int k = 0, n = first; k < depth; k++, n += 3) {
            long at = x + offsets[k];
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[n + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
            weight = FloatVector.broadcast(FLOATS, w[n + 2]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            c2 = weight.fma(x2, c2);
            c3 = weight.fma(x3, c3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
        c0.blend(zero, c0.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel, ORDER);
        c1.blend(zero, c1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + BYTES, ORDER);
        c2.blend(zero, c2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 2 * BYTES, ORDER);
        c3.blend(zero, c3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * channel + 3 * BYTES, ORDER);
    }
    /** Two channels at three positions. */
    static void two(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x0,
            long x1,
            long x2,
            long o0,
            long o1,
            long o2,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector a8 = a0;
        FloatVector a9 = a0;
        FloatVector a10 = a0;
        FloatVector a11 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        FloatVector b4 = b0;
        FloatVector b5 = b0;
        FloatVector b6 = b0;
        FloatVector b7 = b0;
        FloatVector b8 = b0;
        FloatVector b9 = b0;
        FloatVector b10 = b0;
        FloatVector b11 = b0;
        for (int k = 0, n = first; k < depth; k++, n += 2) {
            long offset = offsets[k];
            FloatVector w0 = FloatVector.broadcast(FLOATS, w[n]);
            FloatVector w1 = FloatVector.broadcast(FLOATS, w[n + 1]);
            FloatVector in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER);
            a0 = w0.fma(in, a0);
            b0 = w1.fma(in, b0);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER);
            a1 = w0.fma(in, a1);
            b1 = w1.fma(in, b1);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER);
            a2 = w0.fma(in, a2);
            b2 = w1.fma(in, b2);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER);
            a3 = w0.fma(in, a3);
            b3 = w1.fma(in, b3);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER);
            a4 = w0.fma(in, a4);
            b4 = w1.fma(in, b4);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER);
            a5 = w0.fma(in, a5);
            b5 = w1.fma(in, b5);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER);
            a6 = w0.fma(in, a6);
            b6 = w1.fma(in, b6);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER);
            a7 = w0.fma(in, a7);
            b7 = w1.fma(in, b7);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset, ORDER);
            a8 = w0.fma(in, a8);
            b8 = w1.fma(in, b8);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + BYTES, ORDER);
            a9 = w0.fma(in, a9);
            b9 = w1.fma(in, b9);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 2 * BYTES, ORDER);
            a10 = w0.fma(in, a10);
            b10 = w1.fma(in, b10);
            in = FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 3 * BYTES, ORDER);
            a11 = w0.fma(in, a11);
            b11 = w1.fma(in, b11);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0 + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + 3 * BYTES, ORDER);
        a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1, ORDER);
        a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1 + BYTES, ORDER);
        a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 2 * BYTES, ORDER);
        a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + 3 * BYTES, ORDER);
        a8.blend(zero, a8.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o2, ORDER);
        a9.blend(zero, a9.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o2 + BYTES, ORDER);
        a10.blend(zero, a10.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o2 + 2 * BYTES, ORDER);
        a11.blend(zero, a11.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o2 + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o0 + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o0 + channel + 3 * BYTES, ORDER);
        b4.blend(zero, b4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o1 + channel, ORDER);
        b5.blend(zero, b5.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + BYTES, ORDER);
        b6.blend(zero, b6.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + 2 * BYTES, ORDER);
        b7.blend(zero, b7.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o1 + channel + 3 * BYTES, ORDER);
        b8.blend(zero, b8.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o2 + channel, ORDER);
        b9.blend(zero, b9.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o2 + channel + BYTES, ORDER);
        b10.blend(zero, b10.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o2 + channel + 2 * BYTES, ORDER);
        b11.blend(zero, b11.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o2 + channel + 3 * BYTES, ORDER);
    }

    static void two(
            float[] w,
            int first,
            int depth,
            int[] offsets,
            long x,
            long o,
            long channel,
            float[] biases,
            int row,
            float below) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = FloatVector.broadcast(FLOATS, biases[row + 1]);
        FloatVector b1 = b0;
        FloatVector b2 = b0;
        FloatVector b3 = b0;
        for (int k = 0, n = first; k < depth; k++, n += 2) {
            long at = x + offsets[k];
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[n]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            a2 = weight.fma(x2, a2);
            a3 = weight.fma(x3, a3);
            weight = FloatVector.broadcast(FLOATS, w[n + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            b2 = weight.fma(x2, b2);
            b3 = weight.fma(x3, b3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.blend(zero, b0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + channel, ORDER);
        b1.blend(zero, b1.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + BYTES, ORDER);
        b2.blend(zero, b2.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 2 * BYTES, ORDER);
        b3.blend(zero, b3.compare(VectorOperators.LT, limit))
                .add(zero)
                .intoMemorySegment(MEMORY, o + channel + 3 * BYTES, ORDER);
    }
}
