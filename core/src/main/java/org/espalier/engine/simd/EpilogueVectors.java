package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/**
 * The beginning and end of each output's chain, over whole rows in place: the bias or 0; and + 0 (so that no -0 stays), through ReLU or a gate. Runs
 * after the dense product, whose rows are still in the nearest cache.
 */
public final class EpilogueVectors {
    private EpilogueVectors() {}

    /** The chains' starting values: biases, or 0. */
    public static void start(float @Nullable [] biases, int[] rowIndex, int row, int rows, long out) {
        for (int r = 0; r < rows; r++) {
            FloatVector bias = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[rowIndex[row + r]]);
            for (int v = 0; v < ActivationPanels.LANES / FLOATS.length(); v++) {
                bias.intoMemorySegment(MEMORY, out + r * ActivationPanels.ROW_BYTES + v * BYTES, ORDER);
            }
        }
    }

    public static void run(long out, int rows, Epilogue finish, long gate) {
        FloatVector zero = FloatVector.zero(FLOATS);
        long end = out + rows * ActivationPanels.ROW_BYTES;
        switch (finish) {
            case LINEAR -> {
                for (long at = out; at < end; at += BYTES) {
                    FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
                    v.add(zero).intoMemorySegment(MEMORY, at, ORDER);
                }
            }
            case RELU -> {
                for (long at = out; at < end; at += BYTES) {
                    FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
                    v.blend(zero, v.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, at, ORDER);
                }
            }
            case GATE -> {
                for (long at = out; at < end; at += BYTES) {
                    FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
                    FloatVector open = FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + (at - out), ORDER);
                    zero.blend(v, open.compare(VectorOperators.GT, zero))
                            .add(zero)
                            .intoMemorySegment(MEMORY, at, ORDER);
                }
            }
        }
    }
}
