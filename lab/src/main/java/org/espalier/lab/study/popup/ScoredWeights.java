package org.espalier.lab.study.popup;

import java.util.BitSet;
import org.espalier.dynamic.Selection;
import org.espalier.engine.ops.ScoreOps;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;

/**
 * Random weights that never train, of which those of the largest |score| are kept: Ramanujan et al., "What's hidden in a randomly
 * weighted neural network?" (2020), section 3. Scores move by SGD with momentum and decay; the gradient passes the choice unchanged.
 */
final class ScoredWeights {
    private static final float MOMENTUM = 0.9f;
    private static final float DECAY = 5e-4f;

    private final int count; // weights to keep
    private final float[] weights; // (position)
    private final float[] scores;
    private final float[] velocity;
    private final float[] kept;
    private final float[] gradient;
    private final int[] keys;
    private final Stream ties;
    private final Selection selection = new Selection();

    /**
     * Normal weights and uniform scores.
     *
     * @param size number of weights, at least 1
     * @param deviation of the weights, whose mean is 0
     * @param limit scores are uniform in [-limit, limit)
     * @param sparsity share to remove, in [0, 1); the number removed is rounded down, as in the source
     */
    ScoredWeights(int size, double deviation, double limit, double sparsity, Stream stream) {
        count = size - (int) (sparsity * size);
        weights = new float[size];
        scores = new float[size];
        velocity = new float[size];
        kept = new float[size];
        gradient = new float[size];
        keys = new int[size];
        ties = stream.child("ties");
        Stream drawn = stream.child("weights");
        Stream scored = stream.child("scores");
        for (int i = 0; i < size; i++) {
            weights[i] = (float) BoxMuller.at(drawn, i, deviation);
            scores[i] = (float) (limit * (2 * scored.uniform(i) - 1));
        }
        choose();
    }

    int size() {
        return weights.length;
    }

    /** Number of weights that are kept. */
    int count() {
        return count;
    }

    /** The weights, 0 where they are not kept, (position). Not to be changed. */
    float[] kept() {
        return kept;
    }

    /** Receives the loss's gradient by {@link #kept}, (position), before {@link #learn}. */
    float[] gradient() {
        return gradient;
    }

    /** Moves the scores and chooses again. */
    void learn(double rate) {
        ScoreOps.learn(scores, velocity, weights, gradient, (float) rate, MOMENTUM, DECAY);
        choose();
    }

    private void choose() {
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Selection.magnitude(scores[i]);
        }
        int cut = selection.smallest(keys, keys.length, keys.length - count + 1);
        int surplus = keys.length - selection.below() - count;
        ScoreOps.keep(scores, cut, weights, kept);
        if (surplus > 0) {
            BitSet equal = new BitSet();
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == cut) {
                    equal.set(i);
                }
            }
            selection.lowest(equal, new int[keys.length], surplus, ties).stream()
                    .forEach(i -> kept[i] = 0f);
        }
    }
}
