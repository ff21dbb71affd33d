package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.kernel.Kernels;

/** A ReLU of a value that other steps read as well, or that no weight makes. */
final class ReluStep extends Step {
    private final MapLayout from;
    private final MapLayout made;

    ReluStep(Kernels kernels, GraphPlan.Planned plan) {
        super(kernels, plan);
        from = in.layout();
        made = out.layout();
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        MapOps.move(buffers.value(in), from, panel, buffers.value(out), made, panel);
        ActivationPanels y = buffers.value(out);
        kernels.maps().relu(y.memory(), y.row(panel, 0), y.features() * ActivationPanels.LANES);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        MapOps.gate(kernels.maps(), gradient, panel, buffers.value(out), panel);
        transposed(buffers, panel, input, false, target, targetPanel);
    }

    @Override
    boolean rectifies() {
        return true;
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels to, int toPanel) {
        MapOps.move(buffers.value(in), from, panel, to, made, toPanel);
    }

    @Override
    void transposed(GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels to, int toPanel) {
        MapOps.move(buffers.gradient(out), made, panel, to, from, toPanel);
    }
}
