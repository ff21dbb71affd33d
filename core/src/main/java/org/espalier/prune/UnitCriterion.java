package org.espalier.prune;

import java.util.List;

/**
 * A criterion that takes out whole hidden units: neurons and channels, with the weights that feed and those that read them. The
 * fractions of a level count units. A criterion that is a {@link PreciseCriterion} too ranks units and single weights in one list;
 * the fractions then count weights.
 */
public interface UnitCriterion extends Criterion {
    /**
     * Scores a layer's units.
     *
     * @return (output) one score per output of the layer, no NaN; only those of units that can be taken out are read
     */
    double[] units(PruningContext context, int layer);

    @Override
    default float[] scores(PruningContext context, int layer) {
        throw new IllegalStateException("criterion " + name() + " scores units, not weights");
    }

    /**
     * Layer alone: a search plans the number of weights of each level in advance, and in a global scope that depends on which
     * layers lose units. {@link Pruner} itself also prunes units in {@link Scope#GLOBAL}.
     */
    @Override
    default List<Scope> scopes() {
        return List.of(Scope.LAYER);
    }

    @Override
    default int floor() {
        return 1;
    }

    @Override
    default Pruner.Ties ties() {
        return Pruner.Ties.RANDOM;
    }
}
