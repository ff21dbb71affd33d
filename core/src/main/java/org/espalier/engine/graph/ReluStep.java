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
        MapOps.move(buffers.value(in), in.layout(), panel, buffers.value(out), out.layout(), panel, false);
        MapOps.relu(buffers.value(out), panel);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        MapOps.gate(gradient, panel, buffers.value(out), panel);
        transposed(buffers, panel, input, false, target, targetPanel);
    }

    @Override
    boolean rectifies() {
        return true;
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels to, int toPanel) {
        MapOps.move(buffers.value(in), in.layout(), panel, to, out.layout(), toPanel, false);
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels to, int toPanel) {
        MapOps.move(buffers.gradient(out), out.layout(), panel, to, in.layout(), toPanel, false);
    }
}
