package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.INTS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;
import static org.espalier.engine.simd.Lanes.REGISTER;
import static org.espalier.engine.simd.Lanes.ROW;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/**
 * Attack steps on the rows of gradient that have just been made. Clipping compares floats as integers, for whose order
 * there is one instruction: floats that are not negative have the same order, negative ones are negative integers, and
 * bounds are never negative here. Vector.max and min of floats are slow for their NaN and -0 rules. Offsets are addresses
 * in {@link Lanes#MEMORY}.
 */
public final class VectorSteps {
    private VectorSteps() {}

    public static void sign(
            long gradient, int[] features, int first, int count, long clean, long x, float step, float epsilon) {
        for (int r = 0; r < count; r++) {
            long row = features[first + r] * ActivationPanels.ROW_BYTES;
            signRow(gradient + r * ActivationPanels.ROW_BYTES, clean + row, x + row, step, epsilon);
        }
    }

    private static void signRow(long gradient, long clean, long x, float step, float epsilon) {
        FloatVector zero = FloatVector.zero(FLOATS);
        IntVector none = IntVector.zero(INTS);
        IntVector one = IntVector.broadcast(INTS, Float.floatToRawIntBits(1f));
        IntVector signs = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        IntVector steps = IntVector.broadcast(INTS, Float.floatToRawIntBits(step));
        FloatVector radius = FloatVector.broadcast(FLOATS, epsilon);
        for (int at = 0; at < ROW; at += REGISTER) {
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient + at, ORDER);
            FloatVector move = g.reinterpretAsInts()
                    .and(signs)
                    .lanewise(VectorOperators.XOR, steps)
                    .reinterpretAsFloats();
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + at, ORDER);
            value = value.blend(value.add(move), g.abs().compare(VectorOperators.GT, zero));
            FloatVector centre = FloatVector.fromMemorySegment(FLOATS, MEMORY, clean + at, ORDER);
            IntVector low = centre.sub(radius).reinterpretAsInts().max(none);
            IntVector high = centre.add(radius).reinterpretAsInts().min(one);
            value.reinterpretAsInts().max(low).min(high).intoMemorySegment(MEMORY, x + at, ORDER);
        }
    }
}
