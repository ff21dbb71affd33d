package org.espalier.engine.graph;

import java.util.Arrays;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Dropout;
import org.espalier.engine.DropoutPasses;
import org.espalier.engine.graph.map.Value;
import org.espalier.network.Architecture;
import org.jspecify.annotations.Nullable;

/** Buffers of {@link GraphEngine}: each value and its gradient, and which panels form a batch. */
final class GraphBuffers implements ActivationBuffers {
    private final Architecture architecture;
    private final GraphPlan plan;
    private final ActivationPanels[] values; // (value)
    private final @Nullable ActivationPanels[] gradients; // (value), made when first wanted
    private final int[] batchPanels; // (panel): of a batch's first panel, its panels; 0 elsewhere
    private final int[] batchExamples; // (panel): of a batch's first panel, its examples
    /** (norm step, panel of a batch's first, channel) statistics of the last training pass; see {@link NormStep}. */
    final float[][][] means;

    final float[][][] inverses;
    /** (norm step, panel of a batch's first, channel) sums of the last training pass back; see {@link NormStep}. */
    final double[][][] gradientSums;

    final double[][][] productSums;
    /** Whether the last forward pass over a panel was one of training. */
    final boolean[] training;

    /** What passes over these buffers drop. */
    final DropoutPasses dropouts;

    GraphBuffers(GraphPlan plan, int examples) {
        this.plan = plan;
        architecture = plan.architecture();
        values = new ActivationPanels[plan.values().size()];
        gradients = new ActivationPanels[values.length];
        for (Value value : plan.values()) {
            values[value.index] = new ActivationPanels(value.layout().places(), examples);
        }
        int panels = values[0].panels();
        batchPanels = new int[panels];
        batchExamples = new int[panels];
        training = new boolean[panels];
        dropouts = new DropoutPasses(panels);
        batch(0, panels, panels * ActivationPanels.LANES);
        means = new float[plan.norms()][panels][];
        inverses = new float[plan.norms()][panels][];
        gradientSums = new double[plan.norms()][panels][];
        productSums = new double[plan.norms()][panels][];
    }

    static GraphBuffers of(ActivationBuffers buffers) {
        if (buffers instanceof GraphBuffers own) {
            return own;
        }
        throw new IllegalArgumentException("the engine works on buffers that it made itself, got "
                + buffers.getClass().getSimpleName());
    }

    ActivationPanels value(Value value) {
        return values[value.index];
    }

    ActivationPanels gradient(Value value) {
        ActivationPanels made = gradients[value.index];
        if (made == null) {
            made = new ActivationPanels(value.layout().places(), panels() * ActivationPanels.LANES);
            gradients[value.index] = made;
        }
        return made;
    }

    @Override
    public void batch(int firstPanel, int panels, int examples) {
        if (firstPanel < 0
                || panels < 1
                || firstPanel + panels > batchPanels.length
                || examples < 1
                || examples > panels * ActivationPanels.LANES) {
            throw new IllegalArgumentException("a batch of " + examples + " examples does not fit panels " + firstPanel
                    + " to " + (firstPanel + panels - 1) + " of " + batchPanels.length);
        }
        Arrays.fill(batchPanels, firstPanel, firstPanel + panels, 0);
        batchPanels[firstPanel] = panels;
        batchExamples[firstPanel] = examples;
    }

    @Override
    public void dropout(Dropout dropout) {
        dropouts.set(dropout);
    }

    /** Panels of the batch that begins at a panel; panels in no batch are one by themselves. */
    int batchPanels(int firstPanel) {
        return Math.max(1, batchPanels[firstPanel]);
    }

    int batchExamples(int firstPanel) {
        return batchPanels[firstPanel] == 0 ? ActivationPanels.LANES : batchExamples[firstPanel];
    }

    @Override
    public ActivationPanels input() {
        return value(plan.input());
    }

    @Override
    public ActivationPanels logits() {
        return value(plan.output());
    }

    @Override
    public ActivationPanels logitGradient() {
        return gradient(plan.output());
    }

    @Override
    public ActivationPanels inputGradient() {
        return gradient(plan.input());
    }

    @Override
    public int panels() {
        return values[0].panels();
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }
}
