package org.espalier.prune.criterion;

import java.util.EnumSet;
import java.util.Set;
import org.espalier.network.Weights;
import org.espalier.prune.Need;
import org.espalier.prune.PruningContext;

/** Which weights a criterion scores; pruned ones are zero in both. */
public enum ScoredWeights {
    /** Those before any training of the trial. */
    INITIAL {
        @Override
        Weights of(PruningContext context) {
            return context.initial();
        }
    },
    /** Those after the training of the level before. */
    TRAINED {
        @Override
        Weights of(PruningContext context) {
            return context.weights();
        }
    };

    abstract Weights of(PruningContext context);

    /** These needs, and the initial weights where they are scored. */
    Set<Need> needs(Need... others) {
        EnumSet<Need> needs = EnumSet.noneOf(Need.class);
        for (Need need : others) {
            needs.add(need);
        }
        if (this == INITIAL) {
            needs.add(Need.INITIAL);
        }
        return needs;
    }
}
