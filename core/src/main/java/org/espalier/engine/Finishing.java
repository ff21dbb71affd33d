package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.Kernels.Finish;

/** The end of each output's chain: + 0 (so that no -0 stays), through ReLU or a gate. */
final class Finishing {
    private Finishing() {}

    /** Over whole rows in place; after the dense product, whose rows are still in the nearest cache. */
    static void run(MemorySegment out, long offset, int rows, Finish finish, MemorySegment gate, long gateOffset) {
        long bytes = rows * Panels.ROW_BYTES;
        switch (finish) {
            case LINEAR -> {
                for (long at = 0; at < bytes; at += BYTES) {
                    linear(load(out, offset + at)).intoMemorySegment(out, offset + at, ORDER);
                }
            }
            case RELU -> {
                for (long at = 0; at < bytes; at += BYTES) {
                    relu(load(out, offset + at)).intoMemorySegment(out, offset + at, ORDER);
                }
            }
            case GATE -> {
                for (long at = 0; at < bytes; at += BYTES) {
                    gated(load(out, offset + at), load(gate, gateOffset + at))
                            .intoMemorySegment(out, offset + at, ORDER);
                }
            }
        }
    }

    static FloatVector linear(FloatVector sum) {
        return sum.add(zero());
    }

    static FloatVector relu(FloatVector sum) {
        return Lanes.atLeast(sum, zero()).add(zero());
    }

    static FloatVector gated(FloatVector sum, FloatVector gate) {
        return zero().blend(sum, gate.compare(VectorOperators.GT, 0f)).add(zero());
    }
}
