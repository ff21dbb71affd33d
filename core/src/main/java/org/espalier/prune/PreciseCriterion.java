package org.espalier.prune;

/** A criterion whose scores are float64: float32 would round different scores to one, or overflow. */
public interface PreciseCriterion extends Criterion {
    /**
     * Scores one layer's weights.
     *
     * @return (position) one score per weight of the layer, no NaN; those of pruned weights are not read
     */
    double[] precise(PruningContext context, int layer);

    /** The same rounded to float32. */
    @Override
    default float[] scores(PruningContext context, int layer) {
        double[] precise = precise(context, layer);
        float[] scores = new float[precise.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) precise[i];
        }
        return scores;
    }

    @Override
    default int floor() {
        return 1;
    }

    @Override
    default Pruner.Ties ties() {
        return Pruner.Ties.RANDOM;
    }

    /** A criterion that scores the weights of all layers together, once for each round of a pruning. */
    interface Joint extends PreciseCriterion {
        /**
         * Scores all weights.
         *
         * @return (layer, position) one score per weight of the network, no NaN; those of pruned weights are not read
         */
        double[][] scores(PruningContext context);

        @Override
        default double[] precise(PruningContext context, int layer) {
            return context.joint(() -> scores(context))[layer];
        }
    }
}
