package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.kernel.Kernels;

/** Puts a value into another layout: gives it a border, or makes an image flat. */
final class CopyStep extends Step {
    private final MapLayout from;
    private final MapLayout to;

    CopyStep(Kernels kernels, GraphPlan.Planned plan) {
        super(kernels, plan);
        from = in.layout();
        to = out.layout();
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        affine(buffers, panel, Part.WHOLE, buffers.value(out), panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels target, int toPanel) {
        MapOps.move(buffers.value(in), from, panel, target, to, toPanel);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        transposed(buffers, panel, input, false, target, targetPanel);
        if (in.gatedByReader) {
            MapOps.gate(kernels.maps(), target, targetPanel, buffers.value(in), panel);
        }
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        MapOps.move(buffers.gradient(out), to, panel, target, from, targetPanel);
    }
}
