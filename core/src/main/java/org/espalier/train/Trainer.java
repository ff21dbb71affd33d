package org.espalier.train;

import org.espalier.attack.Attacker;
import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.Update;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains one level: draws batches, makes adversarial examples and updates the engine's weights.
 *
 * <p>Update t (from 0) depends on the weights and moments before it, the settings and (level stream, t) alone, so
 * training resumes at any update with the same bits. Steps allocate nothing but, while Adam's step size still changes,
 * one small record.
 */
public final class Trainer {
    private final Engine engine;
    private final Split training;
    private final TrainingSettings settings;
    private final BatchOrder order;
    private final Stream noise;
    private final ActivationBuffers pass;
    private final @Nullable Attacker attacker; // null when training is natural or certified
    private final Objective.@Nullable Certified certified; // null when training is another
    private final @Nullable BoundBuffers bounds; // of certified training
    private final double naturalShare;
    private final int[] labels; // (example) of the present batch
    private final float smoothing;
    private int iteration;
    private Update update;

    /**
     * Prepares training at iteration 0 of the weights and mask that the engine holds.
     *
     * @param engine loaded with the level's start weights and mask: the moments are then zero
     * @param level the level's stream; batches and noise draw from children of it
     * @throws IllegalArgumentException if images or labels do not fit the network
     */
    public Trainer(Engine engine, Split training, TrainingSettings settings, Stream level) {
        if (training.features() != engine.architecture().inputs()) {
            throw new IllegalArgumentException(
                    "a network " + engine.architecture() + " cannot read images of " + training.features() + " pixels");
        }
        for (int label : training.labels()) {
            if (label < 0 || label >= engine.architecture().classes()) {
                throw new IllegalArgumentException(
                        "a network " + engine.architecture() + " has no class " + label + " (split " + training + ")");
            }
        }
        this.engine = engine;
        this.training = training;
        this.settings = settings;
        order = new BatchOrder(level, training.size(), settings.batch());
        noise = level.child("attack noise");
        labels = new int[Math.min(settings.batch(), training.size())];
        smoothing = (float) settings.labelSmoothing();
        int panels = ActivationPanels.panelsFor(labels.length);
        switch (settings.objective()) {
            case Objective.Natural() -> {
                pass = engine.newPass(panels * ActivationPanels.LANES);
                attacker = null;
                naturalShare = 1;
                certified = null;
                bounds = null;
            }
            case Objective.Adversarial(double share, var attack) -> {
                pass = engine.newPass(2 * panels * ActivationPanels.LANES);
                attacker = attack.bind(engine, pass);
                naturalShare = share;
                certified = null;
                bounds = null;
            }
            case Objective.Certified bounded -> {
                bounds = BoundEngine.of(engine).newBoundBuffers(panels * ActivationPanels.LANES, bounded.linear());
                pass = bounds.natural();
                attacker = null;
                naturalShare = 1;
                certified = bounded;
            }
        }
        update = settings.optimizer().update(1, (float) settings.l1(), (float) settings.l2());
    }

    /** Updates done. */
    public int iteration() {
        return iteration;
    }

    /** Updates to an epoch; the last one's batch may be smaller. */
    public int batchesPerEpoch() {
        return order.batchesPerEpoch();
    }

    /** Makes updates until {@code iterations} are done; none if they are. */
    public void runUntil(int iterations) {
        while (iteration < iterations) {
            step();
        }
    }

    /**
     * Makes one update.
     *
     * @throws DivergedException if the logits are no longer finite; the weights stay as they are
     */
    public void step() {
        computeGradient();
        update = nextUpdate();
        engine.update(update);
        iteration++;
    }

    /** Computes the gradient that the next update will use and leaves it in the engine, penalties not added. */
    void computeGradient() {
        int[] images = order.order(iteration);
        int first = order.first(iteration);
        int examples = order.count(iteration);
        int panels = ActivationPanels.panelsFor(examples);
        engine.ops().loadImages(training.images(), images, first, examples, pass.input(), 0);
        for (int i = 0; i < examples; i++) {
            labels[i] = training.labels()[images[first + i]];
        }
        if (certified != null && bounds != null) {
            certifiedGradient(certified, bounds, panels, examples);
        } else if (attacker == null) {
            engine.forward(pass, 0, panels, Mode.TRAINING);
            lossGradient(0, panels, examples, 1);
            engine.backward(pass, 0, panels, Gradients.WEIGHTS);
        } else {
            adversarialGradient(attacker, panels, examples);
        }
    }

    private void adversarialGradient(Attacker attacker, int panels, int examples) {
        boolean cleanFirst = attacker.readsCleanPass();
        if (cleanFirst) {
            engine.forward(pass, 0, panels, Mode.TRAINING);
        }
        // Numbering examples across batches makes the noise of every update its own without a stream per update. The
        // number wraps after 2^32 examples, far beyond any training.
        attacker.perturb(labels, 0, examples, noise, (int) ((long) iteration * settings.batch()));
        if (naturalShare == 0) {
            engine.forward(pass, panels, panels, Mode.TRAINING);
            lossGradient(panels, panels, examples, 1);
            engine.backward(pass, panels, panels, Gradients.WEIGHTS);
            return;
        }
        if (cleanFirst) {
            engine.forward(pass, panels, panels, Mode.TRAINING);
        } else {
            engine.forward(pass, 0, 2 * panels, Mode.TRAINING);
        }
        lossGradient(0, panels, examples, naturalShare);
        lossGradient(panels, panels, examples, 1 - naturalShare);
        engine.backward(pass, 0, 2 * panels, Gradients.WEIGHTS);
    }

    private void certifiedGradient(Objective.Certified objective, BoundBuffers bounds, int panels, int examples) {
        double progress = objective.ramp().progress(iteration);
        double share = objective.naturalShare().at(progress);
        if (share > 0) {
            engine.forward(pass, 0, panels, Mode.TRAINING);
            lossGradient(0, panels, examples, share);
        }
        if (share == 1) {
            engine.backward(pass, 0, panels, Gradients.WEIGHTS);
            return;
        }
        float epsilon = (float) objective.epsilon().at(progress);
        float linear = (float) objective.linearShare().at(progress);
        BoundEngine bounding = BoundEngine.of(engine);
        bounding.boundMargins(bounds, epsilon, linear, labels, 0, examples);
        boolean finite = engine.ops()
                .crossEntropyGradient(
                        bounds.marginBounds(),
                        bounds.marginBoundGradients(),
                        0,
                        panels,
                        labels,
                        0,
                        examples,
                        smoothing,
                        (float) ((1 - share) / examples));
        if (!finite) {
            throw new DivergedException(iteration, "the worst cases");
        }
        bounding.backward(bounds, share > 0);
    }

    private void lossGradient(int firstPanel, int panels, int examples, double share) {
        boolean finite = engine.ops()
                .crossEntropyGradient(
                        pass.logits(), pass.logitGradient(), firstPanel, panels, labels, 0, examples, smoothing, (float)
                                (share / examples));
        if (!finite) {
            throw new DivergedException(iteration, "the logits");
        }
    }

    private Update nextUpdate() {
        // Adam's step size stops changing once the corrections round to 1; then the same record serves.
        if (update instanceof Update.Adam held
                && settings.optimizer() instanceof OptimizerSettings.Adam adam
                && held.stepSize() != adam.stepSize(iteration + 1)) {
            return adam.update(iteration + 1, (float) settings.l1(), (float) settings.l2());
        }
        return update;
    }

    /**
     * A copy of all that is needed to go on from here.
     *
     * @throws DivergedException if a weight is no longer finite
     */
    public TrainingState state() {
        Weights weights = engine.weights();
        // ReLU can swallow a weight that is not a number before it reaches the logits.
        if (!weights.finite()) {
            throw new DivergedException(iteration, "the weights");
        }
        return new TrainingState(iteration, weights, engine.moment(0), engine.moment(1));
    }

    /** Goes on from a state that a trainer of the same settings, mask and level stream gave. */
    public void resume(TrainingState state) {
        engine.load(state.weights(), engine.mask());
        engine.loadMoments(state.firstMoment(), state.secondMoment());
        iteration = state.iteration();
    }
}
