package org.espalier.train.method;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Mode;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;

/** Computes {@link Awp}: two gradients on one attacked batch, at the weights and at the perturbed weights. */
final class AwpGradient implements BatchObjective {
    private final AttackedGradient inner;
    private final double gamma;
    private final int warmUp;
    private final WeightPerturbation perturbation;

    AwpGradient(Awp.Perturbed objective, AttackedGradient inner) {
        this.inner = inner;
        gamma = objective.gamma();
        warmUp = objective.warmUp();
        perturbation = new WeightPerturbation(inner.engine);
    }

    @Override
    public ActivationPanels input() {
        return inner.input();
    }

    @Override
    public void gradient(Batch batch) {
        inner.attack(batch);
        if (gamma > 0 && batch.iteration() >= warmUp) {
            // The proxy's pass is not the network's: running statistics stay, as those of the published code's network
            // do.
            inner.differentiate(batch, Mode.BATCH_STATISTICS);
            perturbation.apply(gamma, batch.iteration());
            inner.differentiate(batch, Mode.TRAINING);
            perturbation.restore();
        } else {
            inner.differentiate(batch, Mode.TRAINING);
        }
    }
}
