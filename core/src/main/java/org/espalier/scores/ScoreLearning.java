package org.espalier.scores;

import java.util.HashMap;
import java.util.Map;
import org.espalier.dynamic.Cosine;
import org.espalier.engine.Engine;
import org.espalier.engine.ops.ScoreOps;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * Three phases: the dense network trains; its weights are frozen and each weight's score is learnt; the mask of the highest absolute
 * scores is frozen and its weights train. A phase may have no update.
 *
 * <p>While scores are learnt, the engine holds the network with zeros where the mask prunes, under a dense mask: a gradient of weights
 * is then that of all weights w' = w m, at the price of a dense update. A score s has the gradient sign(s) w dL/dw' (the mask
 * lets it through unchanged), and sign(0) counts as 1. Scores move by SGD: v = momentum v + gradient + decay s, s = s - rate v,
 * with a rate that falls to 0 with a cosine.
 */
final class ScoreLearning implements MaskProcess {
    private static final String PHASE = "phase";
    private static final String FROZEN = "frozen";
    private static final String SCORES = "scores";
    private static final String VELOCITY = "velocity";

    /**
     * How scores are learnt.
     *
     * @param pretrain updates of the first phase, at least 0
     * @param scores updates of the second phase, at least 0
     * @param rate learning rate of scores at the beginning of their phase
     * @param start sets the scores that the phase begins with
     * @param fineTuneRate factor of the optimizer's rate in the third phase
     * @param redrawn whether the weights of the third phase are drawn anew: each layer's frozen ones in a random order
     */
    record Rules(
            int pretrain,
            int scores,
            double rate,
            double momentum,
            double decay,
            ScoreStart start,
            double fineTuneRate,
            boolean redrawn) {}

    private enum Present {
        PRETRAIN,
        SCORES,
        FINE_TUNE
    }

    private final MaskTraining training;
    private final Rules rules;
    private final LayerCounts counts;
    private final TopScores top;
    private final double[] slopes; // (layer)
    private final Weights gradient;
    private final Weights masked; // what the engine holds while scores are learnt
    private Weights frozen;
    private Weights scores;
    private Weights velocity;
    private Present present = Present.PRETRAIN;

    ScoreLearning(MaskTraining training, Rules rules, LayerCounts counts) {
        this.training = training;
        this.rules = rules;
        this.counts = counts;
        Architecture architecture = training.engine().architecture();
        top = new TopScores(architecture, training.stream().child("ties"));
        slopes = new double[architecture.layers()];
        gradient = new Weights(architecture);
        masked = new Weights(architecture);
        frozen = new Weights(architecture);
        scores = new Weights(architecture);
        velocity = new Weights(architecture);
    }

    @Override
    public void step(int iteration) {
        if (present == Present.PRETRAIN && iteration == rules.pretrain()) {
            freezeWeights();
        }
        if (present == Present.SCORES && iteration == rules.pretrain() + rules.scores()) {
            freezeMask();
        }
        switch (present) {
            case PRETRAIN -> {
                training.gradient();
                training.update(new Phase(0, rules.pretrain(), 1));
            }
            case SCORES -> learn(iteration - rules.pretrain());
            case FINE_TUNE -> {
                training.gradient();
                int first = rules.pretrain() + rules.scores();
                training.update(new Phase(first, training.iterations() - first, rules.fineTuneRate()));
            }
        }
    }

    private void freezeWeights() {
        Engine engine = training.engine();
        frozen = engine.weights();
        rules.start().set(frozen, scores, training.stream().child("scores"));
        present = Present.SCORES;
        choose();
    }

    /** Puts the present mask into the engine, as zeros. */
    private void choose() {
        Engine engine = training.engine();
        masked.set(engine.weights());
        top.choose(scores, counts.counts(), frozen, masked);
        engine.load(masked, Mask.dense(engine.architecture()));
    }

    private void learn(int update) {
        training.gradient();
        Engine engine = training.engine();
        engine.readGradient(gradient);
        double rate = Cosine.at(update, rules.scores(), rules.rate(), 0);
        for (int layer = 0; layer < slopes.length; layer++) {
            if (counts.readsSlopes()) {
                slopes[layer] = slope(frozen.matrix(layer), gradient.matrix(layer));
            }
            ScoreOps.learn(
                    scores.matrix(layer),
                    velocity.matrix(layer),
                    frozen.matrix(layer),
                    gradient.matrix(layer),
                    (float) rate,
                    (float) rules.momentum(),
                    (float) rules.decay());
        }
        boolean last = update + 1 == rules.scores();
        counts.step(slopes, rate, (update + 1) % training.updatesPerEpoch() == 0, last);
        top.choose(scores, counts.counts(), frozen, masked);
        engine.writeWeights(masked);
    }

    /** The slope of the loss along a layer's absolute scores, summed. */
    private static double slope(float[] weights, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * gradient[i];
        }
        return sum;
    }

    private void freezeMask() {
        Engine engine = training.engine();
        Mask mask = top.mask();
        Weights weights = engine.weights();
        for (int layer = 0; layer < slopes.length; layer++) {
            float[] from = frozen.matrix(layer);
            float[] to = weights.matrix(layer);
            if (rules.redrawn()) {
                int[] order = training.stream().child("redraw").child(layer).permutation(to.length);
                for (int i = 0; i < to.length; i++) {
                    to[i] = from[order[i]];
                }
            } else {
                System.arraycopy(from, 0, to, 0, to.length);
            }
        }
        weights.apply(mask);
        engine.load(weights, mask);
        present = Present.FINE_TUNE;
    }

    @Override
    public Mask mask() {
        return present == Present.SCORES ? top.mask() : training.engine().mask();
    }

    @Override
    public MaskState state() {
        Map<String, Weights> tensors = new HashMap<>();
        Map<String, Double> numbers = new HashMap<>();
        numbers.put(PHASE, (double) present.ordinal());
        if (present == Present.SCORES) {
            tensors.put(FROZEN, frozen.copy());
            tensors.put(SCORES, scores.copy());
            tensors.put(VELOCITY, velocity.copy());
            numbers.putAll(counts.state());
        }
        return new MaskState(tensors, numbers);
    }

    @Override
    public void resume(int iteration, MaskState state) {
        present = Present.values()[(int) state.number(PHASE)];
        if (present == Present.SCORES) {
            frozen = state.tensor(FROZEN).copy();
            scores = state.tensor(SCORES).copy();
            velocity = state.tensor(VELOCITY).copy();
            counts.resume(state.numbers());
            choose();
        }
    }
}
