package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;

/** Every stride-th row and column, between channels of zeros. */
final class PadStep extends Step {
    private final Operation.PadChannels pad;
    private final MapLayout from;
    private final MapLayout to;

    PadStep(Kernels kernels, GraphPlan.Planned plan, Operation.PadChannels pad) {
        super(kernels, plan);
        this.pad = pad;
        from = in.layout();
        to = out.layout();
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        affine(buffers, panel, Part.WHOLE, buffers.value(out), panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        // Channels of zeros are never written.
        ActivationPanels x = buffers.value(in);
        for (int c = 0; c < from.channels(); c++) {
            for (int r = 0; r < to.height(); r++) {
                for (int column = 0; column < to.width(); column++) {
                    copy(
                            x,
                            x.row(panel, from.place(c, r * pad.stride(), column * pad.stride())),
                            y,
                            y.row(toPanel, to.place(c + pad.before(), r, column)));
                }
            }
        }
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        transposed(buffers, panel, input, false, target, targetPanel);
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        MapOps.clear(kernels.maps(), target, targetPanel);
        for (int c = 0; c < from.channels(); c++) {
            for (int r = 0; r < to.height(); r++) {
                for (int column = 0; column < to.width(); column++) {
                    copy(
                            gradient,
                            gradient.row(panel, to.place(c + pad.before(), r, column)),
                            target,
                            target.row(targetPanel, from.place(c, r * pad.stride(), column * pad.stride())));
                }
            }
        }
    }

    private static void copy(ActivationPanels from, long fromOffset, ActivationPanels to, long toOffset) {
        MemorySegment.copy(from.memory(), fromOffset, to.memory(), toOffset, ActivationPanels.ROW_BYTES);
    }
}
