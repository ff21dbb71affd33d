package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link DenseBlocks512} with 16 registers, over the lanes of four of them: 12 accumulators where C2 can be trusted with them
 * ({@link org.espalier.engine.simd.Lanes#TWELVE_CHAINS}), else 8.
 */
final class DenseBlocks256 {
    private DenseBlocks256() {}

    /** Three channels at one position. */
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
    /** Two channels at one position. */
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
