package org.espalier.dynamic.phases;

import java.util.List;
import java.util.Set;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningContext;
import org.espalier.prune.Scope;
import org.espalier.prune.UnitCriterion;
import org.espalier.prune.criterion.Cnip;
import org.espalier.prune.criterion.SnapIt;

/** Criteria of several rounds, measured once in a pruning: training lies between their rounds. */
final class OneRound {
    private OneRound() {}

    /** Of hidden units. */
    record OfUnits(SnapIt criterion) implements UnitCriterion {
        @Override
        public String name() {
            return criterion.name();
        }

        @Override
        public Set<Need> needs() {
            return criterion.needs();
        }

        @Override
        public double[] units(PruningContext context, int layer) {
            return criterion.units(context, layer);
        }
    }

    /** Of weights and hidden units in one list. */
    record OfBoth(Cnip criterion) implements PreciseCriterion, UnitCriterion {
        @Override
        public String name() {
            return criterion.name();
        }

        @Override
        public Set<Need> needs() {
            return criterion.needs();
        }

        @Override
        public double[] precise(PruningContext context, int layer) {
            return criterion.precise(context, layer);
        }

        @Override
        public double[] units(PruningContext context, int layer) {
            return criterion.units(context, layer);
        }

        @Override
        public float[] scores(PruningContext context, int layer) {
            return criterion.scores(context, layer);
        }

        @Override
        public List<Scope> scopes() {
            return criterion.scopes();
        }

        @Override
        public int floor() {
            return criterion.floor();
        }

        @Override
        public Pruner.Ties ties() {
            return criterion.ties();
        }
    }
}
