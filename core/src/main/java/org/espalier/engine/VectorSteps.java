package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attack steps on the rows of gradient that have just been made. Clipping compares and blends, for Vector.max and
 * min are slow for their NaN and -0 rules. Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class VectorSteps {
    private VectorSteps() {}

    static void sign(
            long gradient, int[] features, int first, int count, long clean, long x, float step, float epsilon) {
        for (int r = 0; r < count; r++) {
            long row = features[first + r] * Panels.ROW_BYTES;
            signRow(gradient + r * Panels.ROW_BYTES, clean + row, x + row, step, epsilon);
        }
    }

    private static void signRow(long gradient, long clean, long x, float step, float epsilon) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector steps = FloatVector.broadcast(FLOATS, step);
        FloatVector radius = FloatVector.broadcast(FLOATS, epsilon);
        for (long at = 0; at < Panels.ROW_BYTES; at += BYTES) {
            FloatVector g = FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient + at, ORDER);
            FloatVector value = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + at, ORDER);
            FloatVector up = value.add(steps);
            FloatVector down = value.sub(steps);
            value = value.blend(up, g.compare(VectorOperators.GT, zero))
                    .blend(down, g.compare(VectorOperators.LT, zero));
            FloatVector centre = FloatVector.fromMemorySegment(FLOATS, MEMORY, clean + at, ORDER);
            FloatVector low = centre.sub(radius);
            FloatVector high = centre.add(radius);
            value = value.blend(low, value.compare(VectorOperators.LT, low));
            value = value.blend(high, value.compare(VectorOperators.GT, high));
            value = value.blend(zero, value.compare(VectorOperators.LT, zero));
            value.blend(one, value.compare(VectorOperators.GT, one)).intoMemorySegment(MEMORY, x + at, ORDER);
        }
    }
}
