package org.espalier.engine.simd.map;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Element by element work on floats that lie one after the other, a multiple of 64 of them. Comparing and blending follows the
 * scalar code for NaN and -0, too. Offsets are addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class ElementMaps {
    private ElementMaps() {}

    static void clear(long to, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < floats; i += LENGTH) {
            zero.intoMemorySegment(MEMORY, to + 4L * i, ORDER);
        }
    }

    static void relu(long x, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 4L * i, ORDER);
            zero.blend(v, v.compare(VectorOperators.GT, zero)).intoMemorySegment(MEMORY, x + 4L * i, ORDER);
        }
    }

    static void gate(long gradient, long value, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector open = FloatVector.fromMemorySegment(FLOATS, MEMORY, value + 4L * i, ORDER);
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient + 4L * i, ORDER)
                    .add(zero);
            zero.blend(g, open.compare(VectorOperators.GT, zero)).intoMemorySegment(MEMORY, gradient + 4L * i, ORDER);
        }
    }

    static void add(long from, long to, int floats) {
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + 4L * i, ORDER);
            FloatVector.fromMemorySegment(FLOATS, MEMORY, to + 4L * i, ORDER)
                    .add(v)
                    .intoMemorySegment(MEMORY, to + 4L * i, ORDER);
        }
    }

    static void sum(long a, long b, long out, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, a + 4L * i, ORDER);
            v.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, b + 4L * i, ORDER))
                    .add(zero)
                    .intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }

    static void sumRelu(long a, long b, long out, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, a + 4L * i, ORDER);
            v = v.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, b + 4L * i, ORDER));
            zero.blend(v, v.compare(VectorOperators.GT, zero)).intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }

    static void affine(long x, float scale, float shift, long out, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        FloatVector summand = FloatVector.broadcast(FLOATS, shift);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 4L * i, ORDER)
                    .fma(factor, summand)
                    .add(zero)
                    .intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }

    static void affineRelu(long x, float scale, float shift, long out, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        FloatVector summand = FloatVector.broadcast(FLOATS, shift);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector y = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 4L * i, ORDER)
                    .fma(factor, summand);
            zero.blend(y, y.compare(VectorOperators.GT, zero)).intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }

    static void scale(long x, float scale, long out, int floats) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 4L * i, ORDER)
                    .mul(factor)
                    .add(zero)
                    .intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }

    static void normalise(long x, float mean, float deviation, long out, int floats) {
        FloatVector centre = FloatVector.broadcast(FLOATS, mean);
        FloatVector divisor = FloatVector.broadcast(FLOATS, deviation);
        for (int i = 0; i < floats; i += LENGTH) {
            FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 4L * i, ORDER)
                    .sub(centre)
                    .div(divisor)
                    .intoMemorySegment(MEMORY, out + 4L * i, ORDER);
        }
    }
}
