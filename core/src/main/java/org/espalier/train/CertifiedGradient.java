package org.espalier.train;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.CrossEntropy;

/** Computes {@link Objective.Certified}. */
final class CertifiedGradient implements BatchObjective {
    private final Objective.Certified objective;
    private final BoundEngine engine;
    private final BoundBuffers bounds;
    private final ActivationBuffers buffers;
    private final float smoothing;
    private final MeanLoss loss;

    CertifiedGradient(Objective.Certified objective, Engine engine, int examples, float labelSmoothing) {
        this.objective = objective;
        this.engine = BoundEngine.of(engine);
        int lanes = ActivationPanels.panelsFor(examples) * ActivationPanels.LANES;
        bounds = this.engine.newBoundBuffers(lanes, objective.linear());
        buffers = bounds.natural();
        smoothing = labelSmoothing;
        loss = new MeanLoss(new CrossEntropy(labelSmoothing), engine.ops(), buffers);
    }

    @Override
    public ActivationPanels input() {
        return buffers.input();
    }

    @Override
    public void gradient(Batch batch) {
        int panels = batch.panels();
        int examples = batch.examples();
        double progress = objective.ramp().progress(batch.iteration());
        double share = objective.naturalShare().at(progress);
        if (share > 0) {
            buffers.batch(0, panels, examples);
            engine.forward(buffers, 0, panels, Mode.TRAINING);
            loss.gradient(batch, 0, share);
        }
        if (share == 1) {
            engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
            return;
        }
        float epsilon = (float) objective.epsilon().at(progress);
        float linear = (float) objective.linearShare().at(progress);
        engine.boundMargins(bounds, epsilon, linear, batch.labels(), 0, examples);
        boolean finite = engine.ops()
                .crossEntropyGradient(
                        bounds.marginBounds(),
                        bounds.marginBoundGradients(),
                        0,
                        panels,
                        batch.labels(),
                        0,
                        examples,
                        smoothing,
                        (float) ((1 - share) / examples));
        if (!finite) {
            throw new DivergedException(batch.iteration(), "the worst cases");
        }
        engine.backward(bounds, share > 0);
    }
}
