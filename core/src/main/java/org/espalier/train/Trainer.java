package org.espalier.train;

import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Update;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.AllGradientsEngine;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;
import org.espalier.train.rate.LearningRate;
import org.jspecify.annotations.Nullable;

/**
 * Trains one level: draws batches, has the objective compute each batch's gradient, and updates the engine's weights.
 *
 * <p>Update t (from 0) depends on the weights and moments before it, the settings and (level stream, t) alone, so
 * training resumes at any update with the same bits. Steps allocate nothing but small records while Adam's step size, the
 * schedule of the learning rate or the attack's epsilon changes.
 */
public final class Trainer {
    private final Engine engine;
    private final Split training;
    private final Optional<Split> validation;
    private final TrainingSettings settings;
    private final BatchOrder order;
    private final BatchObjective objective;
    private final Batch batch;
    private final TrainingImages images;
    private final int replays; // updates on one batch
    private final int settledFrom; // the first update from which updates of one factor no longer change
    private int iteration;
    private int updateNumber = 1; // which update this is
    private double factor; // of its learning rate
    private Update update;
    private final Stream level;
    private @Nullable MaskProcess masks; // where a rule changes the mask

    /**
     * Prepares training at iteration 0 of the weights and mask that the engine holds.
     *
     * @param engine loaded with the level's start weights and mask: the moments are then zero
     * @param level the level's stream; batches and noise draw from children of it
     * @throws IllegalArgumentException if images or labels do not fit the network, or the augmentation does not fit the images
     */
    public Trainer(Engine engine, Split training, TrainingSettings settings, Stream level) {
        this(engine, training, Optional.empty(), settings, level);
    }

    /**
     * The same with images that may guide training.
     *
     * @param validation for objectives that watch images they do not train on; never test images
     */
    public Trainer(Engine engine, Split training, Optional<Split> validation, TrainingSettings settings, Stream level) {
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
        this.validation = validation;
        this.settings = settings;
        this.level = level;
        order = new BatchOrder(level, training.size(), settings.batch());
        int examples = Math.min(settings.batch(), training.size());
        batch = new Batch(examples, level.child("attack noise"));
        images = new TrainingImages(training, settings.augmentation(), examples, level);
        replays = settings.objective().replays();
        objective = settings.objective()
                .bind(
                        engine,
                        examples,
                        (float) settings.labelSmoothing(),
                        new TrainingData(training, validation, level, batchesPerEpoch()));
        settledFrom = settings.optimizer().settledFrom();
        factor = settings.learningRate().factor(0);
        update = update(1);
    }

    /**
     * Has a rule change the mask in training. To be called before the first update.
     *
     * @param iterations updates of the level
     */
    public void follow(MaskRule rule, int iterations) {
        masks = rule.bind(new Masking(iterations));
    }

    /** The weights that survive now. */
    public Mask mask() {
        return masks == null ? engine.mask() : masks.mask();
    }

    /** What a rule that changes the mask carries from update to update. */
    public MaskState maskState() {
        return masks == null ? MaskState.NONE : masks.state();
    }

    /** What a rule makes updates of. */
    private final class Masking implements MaskTraining {
        private final Phase whole;
        private final Stream stream = level.child("mask");
        private Phase phase;
        private LearningRate rates = settings.learningRate();
        private @Nullable BatchObjective natural; // made when it is wanted

        Masking(int iterations) {
            whole = new Phase(0, iterations, 1);
            phase = whole;
        }

        @Override
        public Engine engine() {
            return engine;
        }

        @Override
        public int iterations() {
            return whole.length();
        }

        @Override
        public int updatesPerEpoch() {
            return batchesPerEpoch();
        }

        @Override
        public Split images() {
            return training;
        }

        @Override
        public Split validation() {
            return validation.orElseThrow(
                    () -> new UserException("training.mask goes by validation images, expected some, found none"));
        }

        @Override
        public Stream stream() {
            return stream;
        }

        @Override
        public Phase whole() {
            return whole;
        }

        @Override
        public void gradient() {
            computeGradient();
        }

        @Override
        public void allGradients() {
            if (!(engine instanceof AllGradientsEngine every)) {
                throw new IllegalStateException("the rule did not say that it needs gradients of pruned weights");
            }
            every.all(true);
            computeGradient();
            every.all(false);
        }

        @Override
        public void naturalGradient() {
            BatchObjective made = natural;
            if (made == null) {
                made = new Objective.Natural()
                        .bind(engine, Math.min(settings.batch(), training.size()), (float) settings.labelSmoothing());
                natural = made;
            }
            computeGradient(made);
        }

        @Override
        public void update(Phase present) {
            if (!present.equals(phase)) {
                LearningRate given = settings.learningRate();
                rates = present.equals(whole)
                        ? given
                        : new LearningRate(given.schedule(), present.length(), given.warmUp(), 0);
                phase = present;
                updateNumber = 0; // of no update: the next one is made anew
            }
            apply(iteration - phase.first(), rates, phase.rate());
        }
    }

    /** Updates done. */
    public int iteration() {
        return iteration;
    }

    /** Updates to an epoch; the last one's batch may be smaller. */
    public int batchesPerEpoch() {
        return Math.multiplyExact(replays, order.batchesPerEpoch());
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
        if (masks != null) {
            if (!objective.finished()) {
                masks.step(iteration);
            }
            iteration++;
            return;
        }
        if (!objective.finished()) {
            computeGradient();
        }
        apply(iteration, settings.learningRate(), 1);
        iteration++;
    }

    /** Has the objective look at what the last update left: it may return to earlier weights. To be called when training is over. */
    public void end() {
        if (objective.looksAtEnd() && !objective.finished()) {
            load(objective);
            objective.end(batch);
        }
    }

    /** Makes the update after so many of a phase with the gradient held, unless the objective has just finished. */
    private void apply(int before, LearningRate rates, double share) {
        if (objective.finished()) {
            return;
        }
        if (settings.clip().isPresent()) {
            engine.clipGradient((float) settings.clip().getAsDouble());
        }
        engine.update(nextUpdate(before, rates, share));
    }

    /**
     * A sentence on what the objective or a rule has done since the last call that a user should see; see {@link BatchObjective#news} and
     * {@link MaskProcess#news}.
     */
    public Optional<String> news() {
        Optional<String> news = objective.news();
        return news.isPresent() || masks == null ? news : masks.news();
    }

    /** Computes the gradient that the next update will use and leaves it in the engine, penalties not added. */
    void computeGradient() {
        computeGradient(objective);
    }

    private void computeGradient(BatchObjective objective) {
        load(objective);
        objective.gradient(batch);
    }

    /** Puts the next update's batch where the objective reads it. */
    private void load(BatchObjective objective) {
        int drawn = iteration / replays;
        int[] permutation = order.order(drawn);
        int first = order.first(drawn);
        int examples = order.count(drawn);
        long firstUse = (long) drawn * settings.batch();
        images.load(engine.ops(), permutation, first, examples, firstUse, objective.input());
        int[] labels = batch.labels();
        for (int i = 0; i < examples; i++) {
            labels[i] = training.labels()[permutation[first + i]];
        }
        // Numbering examples across batches makes the noise of every update its own without a stream per update. The
        // number wraps after 2^32 examples, far beyond any training.
        batch.set(iteration, examples, (int) ((long) iteration * settings.batch()));
    }

    /** The update after so many of a phase; the same record once updates no longer change, since StrictMath.pow allocates. */
    private Update nextUpdate(int before, LearningRate rates, double share) {
        int number = before + 1;
        double present = rates.factor(before) * share;
        if (Math.min(number, updateNumber) < settledFrom || present != factor) {
            factor = present;
            update = update(number);
            updateNumber = number;
        }
        return update;
    }

    private Update update(int number) {
        return settings.optimizer()
                .update(number, factor, (float) settings.l1(), (float) settings.l2(), settings.weightDecay());
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
        return new TrainingState(iteration, weights, engine.moment(0), engine.moment(1), objective.state());
    }

    /** Continues from a state that a trainer of the same settings, mask and level stream gave. */
    public void resume(TrainingState state) {
        restore(state, engine.mask());
    }

    private void restore(TrainingState state, Mask mask) {
        engine.load(state.weights(), mask);
        engine.loadMoments(state.firstMoment(), state.secondMoment());
        objective.resume(state.objective());
        iteration = state.iteration();
    }

    /**
     * Continues from a state of training under a rule that changes the mask.
     *
     * @param mask {@link #mask} of then
     * @param carried {@link #maskState} of then
     */
    public void resume(TrainingState state, Mask mask, MaskState carried) {
        restore(state, mask);
        if (masks != null) {
            masks.resume(iteration, carried);
        }
    }
}
