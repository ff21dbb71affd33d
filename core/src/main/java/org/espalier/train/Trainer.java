package org.espalier.train;

import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Update;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Trains one level: draws batches, has the objective compute each batch's gradient, and updates the engine's weights.
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
    private final BatchObjective objective;
    private final Batch batch;
    private final TrainingImages images;
    private final int settledFrom; // the first update from which updates no longer change
    private int iteration;
    private int updateNumber = 1; // which update this is
    private Update update;

    /**
     * Prepares training at iteration 0 of the weights and mask that the engine holds.
     *
     * @param engine loaded with the level's start weights and mask: the moments are then zero
     * @param level the level's stream; batches and noise draw from children of it
     * @throws IllegalArgumentException if images or labels do not fit the network, or the augmentation does not fit the images
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
        int examples = Math.min(settings.batch(), training.size());
        batch = new Batch(examples, level.child("attack noise"));
        images = new TrainingImages(training, settings.augmentation(), examples, level);
        objective = settings.objective().bind(engine, examples, (float) settings.labelSmoothing());
        settledFrom = settings.optimizer().settledFrom();
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
        engine.update(nextUpdate());
        iteration++;
    }

    /** Computes the gradient that the next update will use and leaves it in the engine, penalties not added. */
    void computeGradient() {
        int[] permutation = order.order(iteration);
        int first = order.first(iteration);
        int examples = order.count(iteration);
        long firstUse = (long) iteration * settings.batch();
        images.load(engine.ops(), permutation, first, examples, firstUse, objective.input());
        int[] labels = batch.labels();
        for (int i = 0; i < examples; i++) {
            labels[i] = training.labels()[permutation[first + i]];
        }
        // Numbering examples across batches makes the noise of every update its own without a stream per update. The
        // number wraps after 2^32 examples, far beyond any training.
        batch.set(iteration, examples, (int) firstUse);
        objective.gradient(batch);
    }

    /** The update of this iteration; the same record once updates no longer change, since StrictMath.pow allocates. */
    private Update nextUpdate() {
        int number = iteration + 1;
        if (Math.min(number, updateNumber) < settledFrom) {
            update = settings.optimizer().update(number, (float) settings.l1(), (float) settings.l2());
            updateNumber = number;
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

    /** Continues from a state that a trainer of the same settings, mask and level stream gave. */
    public void resume(TrainingState state) {
        engine.load(state.weights(), engine.mask());
        engine.loadMoments(state.firstMoment(), state.secondMoment());
        iteration = state.iteration();
    }
}
