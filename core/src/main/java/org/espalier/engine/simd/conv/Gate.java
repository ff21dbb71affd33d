package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/** Zeroes outputs where the gate is not positive, right after they have been made, while they are in the nearest cache. */
final class Gate {
    private Gate() {}

    /** Positions {@code first .. first + count - 1} of one channel. */
    static void run(long out, long gate, long[] places, int first, int count) {
        for (int n = first; n < first + count; n++) {
            run(out + places[n], gate + places[n]);
        }
    }

    /** One position of one channel. */
    static void run(long out, long gate) {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int lane = 0; lane < ActivationPanels.LANES; lane += LENGTH) {
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, out + lane * 4L, ORDER);
            FloatVector open = FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + lane * 4L, ORDER);
            zero.blend(v, open.compare(VectorOperators.GT, zero)).intoMemorySegment(MEMORY, out + lane * 4L, ORDER);
        }
    }
}
