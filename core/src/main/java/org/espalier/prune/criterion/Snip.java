package org.espalier.prune.criterion;

import java.util.Set;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * {@code |w g|}, g being the gradient of the mean loss on one batch: Lee et al., "SNIP: single-shot network pruning based on
 * connection sensitivity" (2019). The published code trains other weights than it scores; that is the strategy {@code random}.
 */
@Kind("snip")
public record Snip(
        @Setting(value = "training images in a batch", preset = "100", min = 1)
        int images,

        @Setting(value = "batches; their gradients are averaged", preset = "1", min = 1, max = 10_000)
        int batches,

        @Setting(value = "loss of the gradients", preset = "natural")
        LossChoice loss,

        @Setting(value = "weights to score: initial or trained", preset = "initial")
        ScoredWeights weights)
        implements PreciseCriterion {
    @Override
    public String name() {
        return "snip";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs(Need.GRADIENTS, Need.DATA);
    }

    /** The published code prunes round(p n). */
    @Override
    public int published(double fraction, int survivors) {
        return CountingRule.EXACT.pruned(fraction, survivors);
    }

    @Override
    public double[] precise(PruningContext context, int layer) {
        return Products.magnitudes(weights.of(context), gradient(context, loss, weights, images, batches), layer);
    }

    /** The gradient of the mean loss over batches of images drawn for this round. */
    static Weights gradient(PruningContext context, LossChoice loss, ScoredWeights weights, int images, int batches) {
        return context.once(
                "gradient",
                () -> context.gradient(loss, weights.of(context), context.mask(), context.sample((int)
                        Math.min(Integer.MAX_VALUE, (long) images * batches))));
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<Snip> {
        @Override
        public Class<Snip> settings() {
            return Snip.class;
        }

        @Override
        public Criterion create(Snip settings) {
            return settings;
        }
    }
}
