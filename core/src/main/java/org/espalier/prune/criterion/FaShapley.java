package org.espalier.prune.criterion;

import java.util.BitSet;
import java.util.Set;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * A weight's mean effect on the loss over random coalitions of weights, to first order: the sum over samples of {@code |w g|}, g being
 * the gradient of the mean loss at a network with a random share of the weights set to zero. Those count 0 in their sample. Kang,
 * Li and Li, "FaShapley: fast and approximated Shapley based model pruning towards certifiably robust DNNs" (2023).
 */
@Kind("fashapley")
public record FaShapley(
        @Setting(value = "coalitions", preset = "30", min = 1, max = 100_000)
        int samples,

        @Setting(
                value = "chance of each surviving weight to be zero in a coalition",
                preset = "0.1",
                min = 0,
                max = 1,
                below = true)
        double share,

        @Setting(value = "training images, the same in all samples", preset = "1000", min = 1)
        int images,

        @Setting(
                value = "loss of the gradients; the source's is certified, and needs an objective with a bound",
                preset = "natural")
        LossChoice loss,

        @Setting(value = "weights to score: initial or trained", preset = "trained")
        ScoredWeights weights)
        implements PreciseCriterion.Joint {
    @Override
    public String name() {
        return "fashapley";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs(Need.GRADIENTS, Need.DATA);
    }

    @Override
    public double[][] scores(PruningContext context) {
        Weights all = weights.of(context);
        Architecture architecture = all.architecture();
        double[][] scores = new double[architecture.layers()][];
        for (int layer = 0; layer < scores.length; layer++) {
            scores[layer] = new double[architecture.weights(layer)];
        }
        int[] batch = context.sample(images);
        for (int sample = 0; sample < samples; sample++) {
            Mask coalition = coalition(
                    context.mask(), context.stream().child("coalition").child(sample));
            Weights thinned = all.copy();
            thinned.apply(coalition);
            Weights gradient = context.gradient(loss, thinned, coalition, batch);
            for (int layer = 0; layer < scores.length; layer++) {
                double[] part = Products.magnitudes(thinned, gradient, layer);
                for (int i = 0; i < part.length; i++) {
                    scores[layer][i] += part[i];
                }
            }
        }
        return scores;
    }

    private Mask coalition(Mask mask, Stream stream) {
        BitSet[] kept = new BitSet[mask.architecture().layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = mask.survivors(layer);
            Stream draws = stream.child(layer);
            for (int i = kept[layer].nextSetBit(0); i >= 0; i = kept[layer].nextSetBit(i + 1)) {
                if (draws.uniform(i) < share) {
                    kept[layer].clear(i);
                }
            }
        }
        return Mask.of(mask.architecture(), kept);
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<FaShapley> {
        @Override
        public Class<FaShapley> settings() {
            return FaShapley.class;
        }

        @Override
        public Criterion create(FaShapley settings) {
            return settings;
        }
    }
}
