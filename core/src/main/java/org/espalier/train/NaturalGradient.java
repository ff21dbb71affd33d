package org.espalier.train;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.CrossEntropy;

/** Computes {@link Objective.Natural}. */
final class NaturalGradient implements BatchObjective {
    private final Engine engine;
    private final ActivationBuffers buffers;
    private final MeanLoss loss;

    NaturalGradient(Engine engine, int examples, float labelSmoothing) {
        this.engine = engine;
        buffers = engine.newBuffers(examples);
        loss = new MeanLoss(new CrossEntropy(labelSmoothing), engine.ops(), buffers);
    }

    @Override
    public ActivationPanels input() {
        return buffers.input();
    }

    @Override
    public void gradient(Batch batch) {
        int panels = batch.panels();
        buffers.batch(0, panels, batch.examples());
        engine.forward(buffers, 0, panels, Mode.TRAINING);
        loss.gradient(batch, 0, 1);
        engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
    }
}
