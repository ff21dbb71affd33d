package org.espalier.scores;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.espalier.dynamic.Selection;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;

/**
 * Movement pruning at work. An update first moves scores with the gradient of all weights, then the weights of the mask, and then
 * takes the highest scores of each layer as the mask. Pruned weights keep the value that they had, and come back with it.
 */
final class MovementScores implements MaskProcess {
    /** How many weights an update leaves. */
    @FunctionalInterface
    interface Counts {
        /**
         * Weights to keep.
         *
         * @param updates done, this one included
         * @param scores after it
         * @return (layer) at least 1 each
         */
        int[] at(int updates, Weights scores);
    }

    private final MaskTraining training;
    private final float rate;
    private final double penalty; // on the mean sigmoid of all scores
    private final Counts counts;
    private final Selection selection = new Selection();
    private Weights scores;
    private Weights raw; // values of all weights
    private final Weights trained; // room for what an update leaves
    private final int[][] keys; // (layer, position) room for inverted keys
    private final BitSet[] all; // (layer) every position

    /**
     * Scores that are all equal.
     *
     * @param start first value of all scores
     * @param penalty weight of the mean sigmoid of all scores in the loss that they learn by
     */
    MovementScores(MaskTraining training, double rate, float start, double penalty, Counts counts) {
        this.training = training;
        this.rate = (float) rate;
        this.penalty = penalty;
        this.counts = counts;
        scores = new Weights(training.engine().architecture());
        for (int layer = 0; layer < scores.architecture().layers(); layer++) {
            Arrays.fill(scores.matrix(layer), start);
        }
        raw = training.engine().weights();
        Architecture architecture = raw.architecture();
        trained = new Weights(architecture);
        keys = new int[architecture.layers()][];
        all = new BitSet[keys.length];
        for (int layer = 0; layer < keys.length; layer++) {
            keys[layer] = new int[architecture.weights(layer)];
            all[layer] = new BitSet();
            all[layer].set(0, keys[layer].length);
        }
    }

    @Override
    public void step(int iteration) {
        Engine engine = training.engine();
        Mask mask = engine.mask();
        training.allGradients();
        move(scores, engine.gradient(), raw, rate);
        if (penalty > 0) {
            press(scores, rate * penalty / scores.architecture().weights());
        }
        training.update(training.whole());
        engine.readWeights(trained);
        int[] wanted = counts.at(iteration + 1, scores);
        BitSet[] survivors = new BitSet[keys.length];
        for (int layer = 0; layer < survivors.length; layer++) {
            float[] values = raw.matrix(layer);
            float[] updated = trained.matrix(layer);
            BitSet kept = mask.survivors(layer);
            for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
                values[at] = updated[at];
            }
            float[] present = scores.matrix(layer);
            for (int i = 0; i < present.length; i++) {
                keys[layer][i] = ~Selection.key(present[i]); // the highest first
            }
            survivors[layer] = selection.lowest(
                    all[layer],
                    keys[layer],
                    wanted[layer],
                    training.stream().child("ties").child(layer));
            System.arraycopy(values, 0, updated, 0, updated.length);
        }
        Mask next = Mask.of(raw.architecture(), survivors);
        if (!next.equals(mask)) {
            Weights first = engine.moment(0);
            Weights second = engine.moment(1);
            trained.apply(next);
            engine.load(trained, next);
            engine.loadMoments(first, second);
        }
    }

    /** {@code s = s - step p (1 - p)}, p being the sigmoid of s: down the slope of the sum of all sigmoids. */
    static void press(Weights scores, double step) {
        for (int layer = 0; layer < scores.architecture().layers(); layer++) {
            float[] to = scores.matrix(layer);
            for (int i = 0; i < to.length; i++) {
                double p = 1 / (1 + StrictMath.exp(-to[i]));
                to[i] = (float) (to[i] - step * p * (1 - p));
            }
        }
    }

    /** {@code s = s - rate g w} for all weights. */
    static void move(Weights scores, Weights gradient, Weights weights, float rate) {
        for (int layer = 0; layer < scores.architecture().layers(); layer++) {
            float[] to = scores.matrix(layer);
            float[] slopes = gradient.matrix(layer);
            float[] values = weights.matrix(layer);
            for (int i = 0; i < to.length; i++) {
                to[i] -= rate * (slopes[i] * values[i]);
            }
        }
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }

    @Override
    public MaskState state() {
        return new MaskState(Map.of("scores", scores.copy(), "raw", raw.copy()), Map.of());
    }

    @Override
    public void resume(int iteration, MaskState state) {
        scores = state.tensor("scores").copy();
        raw = state.tensor("raw").copy();
    }
}
