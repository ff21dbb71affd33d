package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
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
        MapOps.move(buffers.value(in), from, panel, buffers.value(out), to, panel);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        MapOps.move(buffers.gradient(out), to, panel, target, from, targetPanel);
        if (in.gatedByReader) {
            MapOps.gate(kernels.maps(), target, targetPanel, buffers.value(in), panel);
        }
    }
}
