package org.espalier.prune.criterion;

import java.util.Set;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PruningContext;
import org.espalier.prune.UnitCriterion;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Takes out neurons and channels by the sensitivity {@code |dL/dc|} of the loss to a gate c = 1 behind each, in several rounds of one
 * pruning: Verdenius et al., "Pruning via iterative ranking of sensitivity statistics" (2020), SNAP-it before training. Fractions
 * count units.
 */
@Kind("snap-it")
public record SnapIt(
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
        implements UnitCriterion {
    @Override
    public String name() {
        return "snap-it";
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
    public double[] units(PruningContext context, int layer) {
        return Products.gates(weights.of(context), Snip.gradient(context, loss, weights, images, batches), layer);
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<SnapIt> {
        @Override
        public Class<SnapIt> settings() {
            return SnapIt.class;
        }

        @Override
        public Criterion create(SnapIt settings) {
            return settings;
        }
    }
}
