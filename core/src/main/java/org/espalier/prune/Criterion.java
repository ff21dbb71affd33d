package org.espalier.prune;

import java.util.List;
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

    /**
     * Rounds in which one pruning removes its weights. Scores are measured anew at each, on the network that the round before left.
     *
     * @return at least 1
     */
    default int rounds() {
        return 1;
    }

    /**
     * What a round leaves of the weights that the pruning found.
     *
     * @param density what the last round leaves, in [0, 1]
     * @param round from 1 to {@link #rounds}; the last one leaves {@code density} whatever is returned
     * @return in [density, 1], not rising from round to round; the same bits on every machine
     */
    default double kept(double density, int round) {
        return density;
    }

    /** The loss whose gradients are read; it says what an experiment's objective must have. */
    default LossChoice loss() {
        return LossChoice.NATURAL;
    }

    /** Scopes in which the criterion makes sense, and the order in which messages name them. */
    default List<Scope> scopes() {
        return List.of(Scope.values());
    }

    /** Weights that each layer keeps at least, where an experiment does not say. 0 lets layers become empty. */
    default int floor() {
        return 0;
    }

    /** Which of equal scores goes first, where an experiment does not say. */
    default Pruner.Ties ties() {
        return Pruner.Ties.POSITION;
    }

    /**
     * Weights that the criterion's published code prunes, of {@code survivors}: for {@link CountingRule#AS_PUBLISHED}.
     *
     * @param fraction in [0, 1]
     */
    default int published(double fraction, int survivors) {
        return CountingRule.AS_PUBLISHED.pruned(fraction, survivors);
    }

    /** {@link Magnitude}. */
    Criterion MAGNITUDE = new Magnitude();

    /** {@link RandomScores}. */
    Criterion RANDOM = new RandomScores();
}
