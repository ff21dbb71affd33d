package org.espalier.prune.criterion;

import java.util.Set;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * SNIP's score measured anew in several rounds of one pruning: Verdenius et al., "Pruning via iterative ranking of sensitivity
 * statistics" (2020), SNIP-it before training. With 5 steps there are seven rounds.
 */
@Kind("snip-it")
public record SnipIt(
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
        implements PreciseCriterion {
    @Override
    public String name() {
        return "snip-it";
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

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<SnipIt> {
        @Override
        public Class<SnipIt> settings() {
            return SnipIt.class;
        }

        @Override
        public Criterion create(SnipIt settings) {
            return settings;
        }
    }
}
