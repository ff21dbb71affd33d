package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.GROUPS;
import static org.espalier.engine.Lanes.GROUP_BYTES;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.espalier.engine.Kernels.Finish;
import org.jspecify.annotations.Nullable;

/**
 * Surviving weights times a panel: one weight is one multiply-add over the four registers of its input's row,
 * addressed directly, without a gather.
 */
final class SparseProduct {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private SparseProduct() {}

    static void run(
            MemorySegment values,
            int[] starts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Finish finish,
            MemorySegment gate,
            long gateOffset) {
        for (int g = 0; g < GROUPS; g++) {
            long shift = g * GROUP_BYTES;
            for (int r = 0; r < rows; r++) {
                long row = r * Panels.ROW_BYTES + shift;
                row(
                        values,
                        columns,
                        starts[first + r],
                        starts[first + r + 1],
                        biases == null ? 0f : biases[first + r],
                        x,
                        xOffset + shift,
                        out,
                        outOffset + row,
                        finish,
                        gate,
                        gateOffset + row);
            }
        }
    }

    private static void row(
            MemorySegment values,
            int[] columns,
            int from,
            int to,
            float bias,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long o,
            Finish finish,
            MemorySegment gate,
            long gateOffset) {
        FloatVector a0 = all(bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = all(values.get(FLOAT, k * 4L));
            long at = xOffset + columns[k];
            a0 = weight.fma(load(x, at), a0);
            a1 = weight.fma(load(x, at + BYTES), a1);
            a2 = weight.fma(load(x, at + 2 * BYTES), a2);
            a3 = weight.fma(load(x, at + 3 * BYTES), a3);
        }
        switch (finish) {
            case LINEAR -> {
                Finishing.linear(a0).intoMemorySegment(out, o, ORDER);
                Finishing.linear(a1).intoMemorySegment(out, o + BYTES, ORDER);
                Finishing.linear(a2).intoMemorySegment(out, o + 2 * BYTES, ORDER);
                Finishing.linear(a3).intoMemorySegment(out, o + 3 * BYTES, ORDER);
            }
            case RELU -> {
                Finishing.relu(a0).intoMemorySegment(out, o, ORDER);
                Finishing.relu(a1).intoMemorySegment(out, o + BYTES, ORDER);
                Finishing.relu(a2).intoMemorySegment(out, o + 2 * BYTES, ORDER);
                Finishing.relu(a3).intoMemorySegment(out, o + 3 * BYTES, ORDER);
            }
            case GATE -> gated(a0, a1, a2, a3, out, o, gate, gateOffset);
        }
    }

    private static void gated(
            FloatVector a0,
            FloatVector a1,
            FloatVector a2,
            FloatVector a3,
            MemorySegment out,
            long o,
            MemorySegment gate,
            long g) {
        Finishing.gated(a0, load(gate, g)).intoMemorySegment(out, o, ORDER);
        Finishing.gated(a1, load(gate, g + BYTES)).intoMemorySegment(out, o + BYTES, ORDER);
        Finishing.gated(a2, load(gate, g + 2 * BYTES)).intoMemorySegment(out, o + 2 * BYTES, ORDER);
        Finishing.gated(a3, load(gate, g + 3 * BYTES)).intoMemorySegment(out, o + 3 * BYTES, ORDER);
    }
}
