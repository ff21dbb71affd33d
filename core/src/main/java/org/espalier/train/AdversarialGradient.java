package org.espalier.train;

import org.espalier.attack.Attacker;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.CrossEntropy;

/** Computes {@link Objective.Adversarial}. Clean examples stand in the first half of the pass, adversarial ones after them. */
final class AdversarialGradient implements BatchObjective {
    private final Engine engine;
    private final ActivationBuffers pass;
    private final Attacker attacker;
    private final double naturalShare;
    private final MeanLoss loss;

    AdversarialGradient(Objective.Adversarial objective, Engine engine, int examples, float labelSmoothing) {
        this.engine = engine;
        pass = engine.newPass(2 * ActivationPanels.panelsFor(examples) * ActivationPanels.LANES);
        attacker = objective.attack().bind(engine, pass);
        naturalShare = objective.naturalShare();
        loss = new MeanLoss(new CrossEntropy(labelSmoothing), engine.ops(), pass);
    }

    @Override
    public ActivationPanels input() {
        return pass.input();
    }

    @Override
    public void gradient(Batch batch) {
        int panels = batch.panels();
        boolean cleanFirst = attacker.readsCleanPass();
        if (cleanFirst) {
            engine.forward(pass, 0, panels, Mode.TRAINING);
        }
        attacker.perturb(batch.labels(), 0, batch.examples(), batch.noise(), batch.firstExample());
        if (naturalShare == 0) {
            engine.forward(pass, panels, panels, Mode.TRAINING);
            loss.gradient(batch, panels, 1);
            engine.backward(pass, panels, panels, Gradients.WEIGHTS);
            return;
        }
        if (cleanFirst) {
            engine.forward(pass, panels, panels, Mode.TRAINING);
        } else {
            engine.forward(pass, 0, 2 * panels, Mode.TRAINING);
        }
        loss.gradient(batch, 0, naturalShare);
        loss.gradient(batch, panels, 1 - naturalShare);
        engine.backward(pass, 0, 2 * panels, Gradients.WEIGHTS);
    }
}
