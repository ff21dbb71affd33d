package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.kernel.Kernels;

/** The sum of two values, through the ReLU after it where there is one. */
final class AddStep extends Step {
    private final MapLayout first;
    private final MapLayout second;
    private final MapLayout sum;

    AddStep(Kernels kernels, GraphPlan.Planned plan) {
        super(kernels, plan);
        first = in.layout();
        second = plan.in()[1].layout();
        sum = out.layout();
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        sum(buffers, panel, buffers.value(out), panel, out.relu);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels to, int toPanel) {
        sum(buffers, panel, to, toPanel, false);
    }

    private void sum(GraphBuffers buffers, int panel, ActivationPanels to, int toPanel, boolean relu) {
        ActivationPanels a = buffers.value(in);
        ActivationPanels b = buffers.value(plan.in()[1]);
        for (int c = 0; c < sum.channels(); c++) {
            for (int y = 0; y < sum.height(); y++) {
                kernels.maps()
                        .sum(
                                a.memory(),
                                a.row(panel, first.place(c, y, 0)),
                                b.memory(),
                                b.row(panel, second.place(c, y, 0)),
                                to.memory(),
                                to.row(toPanel, sum.place(c, y, 0)),
                                sum.width() * ActivationPanels.LANES,
                                relu);
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
        MapOps.move(buffers.gradient(out), sum, panel, target, input == 0 ? first : second, targetPanel);
    }
}
