package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.Operation;

/** Normalises each channel with fixed numbers. */
final class NormaliseStep extends Step {
    private final float[] means;
    private final float[] deviations;
    private final MapLayout from;
    private final MapLayout to;
    private final float[] constants;

    NormaliseStep(Kernels kernels, GraphPlan.Planned plan, Operation.Normalise normalise) {
        super(kernels, plan);
        means = floats(normalise.means());
        deviations = floats(normalise.deviations());
        from = in.layout();
        to = out.layout();
        constants = constants(means, deviations, to);
    }

    private static float[] floats(java.util.List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        affine(buffers, panel, Part.WHOLE, buffers.value(out), panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        ActivationPanels x = buffers.value(in);
        for (int c = 0; c < to.channels(); c++) {
            for (int r = 0; r < to.height(); r++) {
                kernels.maps()
                        .normalise(
                                x.memory(),
                                x.row(panel, from.place(c, r, 0)),
                                part == Part.WHOLE ? means[c] : 0f,
                                deviations[c],
                                y.memory(),
                                y.row(toPanel, to.place(c, r, 0)),
                                to.width() * ActivationPanels.LANES);
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
        for (int c = 0; c < to.channels(); c++) {
            for (int r = 0; r < to.height(); r++) {
                kernels.maps()
                        .normalise(
                                gradient.memory(),
                                gradient.row(panel, to.place(c, r, 0)),
                                0f,
                                deviations[c],
                                target.memory(),
                                target.row(targetPanel, from.place(c, r, 0)),
                                to.width() * ActivationPanels.LANES);
            }
        }
    }

    @Override
    float[] constants() {
        return constants;
    }

    private static float[] constants(float[] means, float[] deviations, MapLayout layout) {
        float[] constants = new float[layout.places()];
        for (int c = 0; c < layout.channels(); c++) {
            for (int r = 0; r < layout.height(); r++) {
                for (int column = 0; column < layout.width(); column++) {
                    constants[layout.place(c, r, column)] = -means[c] / deviations[c];
                }
            }
        }
        return constants;
    }
}
