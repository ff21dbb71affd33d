package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Attack steps on the rows of gradient that have just been made. */
final class VectorSteps {
    private VectorSteps() {}

    static void sign(
            MemorySegment gradient,
            long offset,
            int[] features,
            int first,
            int count,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment x,
            long xOffset,
            float step,
            float epsilon) {
        for (int r = 0; r < count; r++) {
            long row = features[first + r] * Panels.ROW_BYTES;
            for (long at = 0; at < Panels.ROW_BYTES; at += BYTES) {
                FloatVector g = load(gradient, offset + at);
                FloatVector value = load(x, xOffset + row + at);
                FloatVector up = value.add(step);
                FloatVector down = value.sub(step);
                value = value.blend(up, g.compare(VectorOperators.GT, 0f))
                        .blend(down, g.compare(VectorOperators.LT, 0f));
                FloatVector centre = load(clean, cleanOffset + row + at);
                value = Lanes.atMost(Lanes.atLeast(value, centre.sub(epsilon)), centre.add(epsilon));
                Lanes.atMost(Lanes.atLeast(value, zero()), all(1f)).intoMemorySegment(x, xOffset + row + at, ORDER);
            }
            offset += Panels.ROW_BYTES;
        }
    }
}
