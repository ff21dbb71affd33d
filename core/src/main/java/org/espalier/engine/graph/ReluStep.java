package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;

/** A ReLU of a value that other steps read as well, or that no weight makes. */
final class ReluStep extends Step {
    ReluStep(Kernels kernels, GraphPlan.Planned plan) {
        super(kernels, plan);
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        ActivationPanels y = buffers.value(out);
        MapOps.move(buffers.value(in), in.layout(), panel, y, out.layout(), panel);
        kernels.maps().relu(y.memory(), y.row(panel, 0), y.features() * ActivationPanels.LANES);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        MapOps.gate(kernels.maps(), gradient, panel, buffers.value(out), panel);
        MapOps.move(gradient, out.layout(), panel, target, in.layout(), targetPanel);
    }
}
