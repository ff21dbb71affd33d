package org.espalier.train.method;

import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.loss.KullbackLeibler;
import org.espalier.loss.Loss;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.DivergedException;
import org.espalier.train.Ramp;

/**
 * Computes {@link AttackedObjective}: clean examples in the first panels, adversarial ones after them. The attack and the
 * gradient are apart, so that others can take the gradient of one batch at several weights.
 */
final class AttackedGradient implements BatchObjective {
    /** Its gradient flows to both sides. */
    private static final Loss DIVERGENCE = new KullbackLeibler(false);

    final Engine engine;
    private final PairLoss pair;
    private final Loss attackLoss;
    private final Loss own; // of the clean examples, or of both
    private final ActivationBuffers buffers;
    private final BatchLoss losses;
    private final Ramp ramp;
    private final Mode mode;
    private Attacker attacker;
    private double progress = 1; // what the attacker is scaled by

    AttackedGradient(AttackedObjective objective, Engine engine, int examples, float labelSmoothing) {
        this.engine = engine;
        pair = objective.loss();
        attackLoss = pair.attacked();
        own = pair instanceof PairLoss.Mart mart
                ? new org.espalier.loss.Mart(mart.weight(), labelSmoothing)
                : new CrossEntropy(labelSmoothing);
        buffers = engine.newBuffers(2 * ActivationPanels.panelsFor(examples) * ActivationPanels.LANES);
        losses = new BatchLoss(engine.ops(), buffers);
        ramp = objective.ramp();
        mode = objective.attackMode().orElse(Mode.EVALUATION);
        attacker = bind(objective.attack());
    }

    private Attacker bind(Attack attack) {
        Attacker bound = attack.bind(engine, buffers, attackLoss);
        bound.mode(mode);
        return bound;
    }

    /** Attacks with another attack from now on. */
    void attackWith(Attack attack) {
        attacker = bind(attack);
        progress = 1;
    }

    @Override
    public ActivationPanels input() {
        return buffers.input();
    }

    @Override
    public void gradient(Batch batch) {
        attack(batch);
        differentiate(batch, Mode.TRAINING);
    }

    /** Makes the batch's adversarial examples with the engine's present weights. */
    void attack(Batch batch) {
        int panels = batch.panels();
        buffers.batch(0, panels, batch.examples());
        buffers.batch(panels, panels, batch.examples());
        double present = ramp.progress(batch.iteration());
        if (present != progress) {
            attacker.scale(present);
            progress = present;
        }
        attacker.perturbLoaded(batch.labels(), 0, batch.examples(), batch.noise(), batch.firstExample());
    }

    /** Computes the gradient at the engine's present weights, the batch's adversarial examples held as they are. */
    void differentiate(Batch batch, Mode pass) {
        int panels = batch.panels();
        int examples = batch.examples();
        int first = pair instanceof PairLoss.Mixed(double share) && share == 0 ? panels : 0;
        engine.forward(buffers, first, 2 * panels - first, pass);
        boolean finite = switch (pair) {
            case PairLoss.Mixed(double share) -> {
                boolean clean = share == 0 || cleanLoss(batch, share);
                yield losses.set(own, panels, panels, panels, batch.labels(), 0, examples, (1 - share) / examples, null)
                        & clean;
            }
            case PairLoss.Trades(double beta) -> cleanLoss(batch, 1) & pairLoss(DIVERGENCE, batch, beta);
            case PairLoss.Mart _ -> {
                losses.clear(0, panels);
                yield pairLoss(own, batch, 1);
            }
        };
        if (!finite) {
            throw new DivergedException(batch.iteration(), "the logits");
        }
        engine.backward(buffers, first, 2 * panels - first, Gradients.WEIGHTS);
    }

    private boolean cleanLoss(Batch batch, double share) {
        int examples = batch.examples();
        return losses.set(own, 0, 0, batch.panels(), batch.labels(), 0, examples, share / examples, null);
    }

    private boolean pairLoss(Loss loss, Batch batch, double weight) {
        int panels = batch.panels();
        int examples = batch.examples();
        losses.clear(panels, panels);
        return losses.add(loss, panels, 0, batch.labels(), 0, examples, weight / examples, null, true);
    }
}
