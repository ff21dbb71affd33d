package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;

/** The sum of two values, through the ReLU after it where there is one. */
final class AddStep extends Step {
    AddStep(Kernels kernels, GraphPlan.Planned plan) {
        super(kernels, plan);
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        ActivationPanels a = buffers.value(in);
        ActivationPanels b = buffers.value(plan.in()[1]);
        ActivationPanels to = buffers.value(out);
        MapLayout first = in.layout();
        MapLayout second = plan.in()[1].layout();
        MapLayout sum = out.layout();
        for (int c = 0; c < sum.channels(); c++) {
            for (int y = 0; y < sum.height(); y++) {
                kernels.maps()
                        .sum(
                                a.memory(),
                                a.row(panel, first.place(c, y, 0)),
                                b.memory(),
                                b.row(panel, second.place(c, y, 0)),
                                to.memory(),
                                to.row(panel, sum.place(c, y, 0)),
                                sum.width() * ActivationPanels.LANES,
                                out.relu);
            }
        }
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        MapOps.move(buffers.gradient(out), out.layout(), panel, target, plan.in()[input].layout(), targetPanel);
    }
}
