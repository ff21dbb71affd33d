package org.espalier.prune.criterion;

import java.util.List;
import java.util.Set;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningContext;
import org.espalier.prune.Scope;
import org.espalier.prune.UnitCriterion;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Ranks single weights, by {@link SnipIt}'s score, and units, by {@link SnapIt}'s, in one list: Verdenius et al., "Pruning via
 * iterative ranking of sensitivity statistics" (2020), CNIP-it before training. Fractions count weights.
 */
@Kind("cnip")
public record Cnip(
        @Setting(value = "training images in a batch", preset = "512", min = 1)
        int images,

        @Setting(value = "batches of a round; their gradients are averaged", preset = "5", min = 1, max = 10_000)
        int batches,

        @Setting(value = "steps: rounds less two", preset = "5", min = 0, max = 1000)
        int steps,

        @Setting(value = "loss of the gradients", preset = "natural")
        LossChoice loss,

        @Setting(value = "weights to score: initial or trained", preset = "initial")
        ScoredWeights weights)
        implements PreciseCriterion, UnitCriterion {
    @Override
    public String name() {
        return "cnip";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs(Need.GRADIENTS, Need.DATA);
    }

    @Override
    public int rounds() {
        return SnipSteps.rounds(steps);
    }

    @Override
    public double kept(double density, int round) {
        return SnipSteps.kept(density, round, steps);
    }

    @Override
    public double[] precise(PruningContext context, int layer) {
        return Products.magnitudes(weights.of(context), Snip.gradient(context, loss, weights, images, batches), layer);
    }

    @Override
    public double[] units(PruningContext context, int layer) {
        return Products.gates(weights.of(context), Snip.gradient(context, loss, weights, images, batches), layer);
    }

    @Override
    public float[] scores(PruningContext context, int layer) {
        return PreciseCriterion.super.scores(context, layer);
    }

    @Override
    public List<Scope> scopes() {
        return List.of(Scope.GLOBAL);
    }

    @Override
    public int floor() {
        return 1;
    }

    @Override
    public Pruner.Ties ties() {
        return Pruner.Ties.RANDOM;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<Cnip> {
        @Override
        public Class<Cnip> settings() {
            return Cnip.class;
        }

        @Override
        public Criterion create(Cnip settings) {
            return settings;
        }
    }
}
