package org.espalier.prune;

import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** What a weight is worth: lower scores are pruned first. */
public interface Criterion {
    /** Name in files and tables. */
    String name();

    /**
     * Scores one layer's weights.
     *
     * @param trained the weights after the level's training
     * @param stream for criteria that draw; the same for all layers of one pruning
     * @return (position) one score per weight of the layer, no NaN; those of pruned weights are not read
     */
    float[] scores(Weights trained, int layer, Stream stream);

    /** |w|: Han, Pool, Tran and Dally, "Learning both weights and connections" (2015); Frankle and Carbin (2019). */
    Criterion MAGNITUDE = new Criterion() {
        @Override
        public String name() {
            return "magnitude";
        }

        @Override
        public float[] scores(Weights trained, int layer, Stream stream) {
            float[] scores = trained.matrix(layer).clone();
            for (int i = 0; i < scores.length; i++) {
                scores[i] = Math.abs(scores[i]);
            }
            return scores;
        }
    };

    /** A uniformly random choice of weights: the baseline that every criterion must beat. */
    Criterion RANDOM = new Criterion() {
        @Override
        public String name() {
            return "random";
        }

        @Override
        public float[] scores(Weights trained, int layer, Stream stream) {
            Stream draws = stream.child(layer);
            float[] scores = new float[trained.matrix(layer).length];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = draws.uniform(i);
            }
            return scores;
        }
    };
}
