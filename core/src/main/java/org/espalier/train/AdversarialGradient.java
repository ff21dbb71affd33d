package org.espalier.train;

import org.espalier.attack.Attacker;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.CrossEntropy;

/** Computes {@link Objective.Adversarial}. Clean examples stand in the first half of the buffers, adversarial ones after them. */
final class AdversarialGradient implements BatchObjective {
    private final Engine engine;
    private final ActivationBuffers buffers;
    private final Attacker attacker;
    private final double naturalShare;
    private final Ramp ramp;
    private double progress = 1; // what the attacker is scaled by
    private final MeanLoss loss;
    private final Mode cleanMode; // of a clean pass that the attack reads
    private final boolean reused; // whether the update reads the same clean pass

    AdversarialGradient(Objective.Adversarial objective, Engine engine, int examples, float labelSmoothing) {
        this.engine = engine;
        buffers = engine.newBuffers(2 * ActivationPanels.panelsFor(examples) * ActivationPanels.LANES);
        attacker = objective.attack().bind(engine, buffers);
        objective.attackMode().ifPresent(attacker::mode);
        cleanMode = objective.attackMode().orElse(Mode.TRAINING);
        reused = objective.attackMode().isEmpty();
        naturalShare = objective.naturalShare();
        ramp = objective.ramp();
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
        buffers.batch(panels, panels, batch.examples());
        double present = ramp.progress(batch.iteration());
        if (present != progress) {
            attacker.scale(present);
            progress = present;
        }
        boolean cleanFirst = attacker.readsCleanPass();
        if (cleanFirst) {
            engine.forward(buffers, 0, panels, cleanMode);
        }
        attacker.perturb(batch.labels(), 0, batch.examples(), batch.noise(), batch.firstExample());
        if (naturalShare == 0) {
            engine.forward(buffers, panels, panels, Mode.TRAINING);
            loss.gradient(batch, panels, 1);
            engine.backward(buffers, panels, panels, Gradients.WEIGHTS);
            return;
        }
        if (cleanFirst && reused) {
            engine.forward(buffers, panels, panels, Mode.TRAINING);
        } else {
            engine.forward(buffers, 0, 2 * panels, Mode.TRAINING);
        }
        loss.gradient(batch, 0, naturalShare);
        loss.gradient(batch, panels, 1 - naturalShare);
        engine.backward(buffers, 0, 2 * panels, Gradients.WEIGHTS);
    }
}
