package org.espalier.prune;

import java.util.Set;

/** What a weight is worth: lower scores are pruned first. {@link CriterionKind} makes one of an experiment's settings. */
public interface Criterion {
    /** Name in files and tables. */
    String name();

    /** What {@link #scores} reads beside weights, mask and stream. */
    default Set<Need> needs() {
        return Set.of();
    }

    /**
     * Scores one layer's weights.
     *
     * @param context the network after the level's training, and what the criterion declared that it needs
     * @return (position) one score per weight of the layer, no NaN; those of pruned weights are not read
     */
    float[] scores(PruningContext context, int layer);

    /** {@link Magnitude}. */
    Criterion MAGNITUDE = new Magnitude();

    /** {@link RandomScores}. */
    Criterion RANDOM = new RandomScores();
}
