package org.espalier.prune.criterion;

import java.util.List;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.prune.Scope;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * {@code |w|} over the mean {@code |w|} of the weight's layer: Li et al., "Towards practical lottery ticket hypothesis for
 * adversarial training" (2020), as in their code.
 */
@Kind("magnitude-normalised")
public record NormalisedMagnitude(
        @Setting(
                value =
                        "weights that a layer's mean is over: survivors, or all: pruned ones count as 0, as in the published"
                                + " code, so that a layer's scale changes as it thins",
                preset = "survivors")
        Mean mean)
        implements PreciseCriterion {
    /** What a layer's mean is over. */
    public enum Mean {
        SURVIVORS,
        ALL
    }

    @Override
    public String name() {
        return "magnitude-normalised";
    }

    /** Within a layer it ranks as magnitude does. */
    @Override
    public List<Scope> scopes() {
        return List.of(Scope.GLOBAL);
    }

    @Override
    public double[] precise(PruningContext context, int layer) {
        float[] weights = context.weights().matrix(layer);
        double sum = 0;
        double[] scores = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            scores[i] = Math.abs((double) weights[i]);
            sum += scores[i];
        }
        double mean = sum
                / (mean() == Mean.ALL
                        ? weights.length
                        : Math.max(1, context.mask().count(layer)));
        for (int i = 0; mean > 0 && i < scores.length; i++) {
            scores[i] /= mean;
        }
        return scores;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<NormalisedMagnitude> {
        @Override
        public Class<NormalisedMagnitude> settings() {
            return NormalisedMagnitude.class;
        }

        @Override
        public Criterion create(NormalisedMagnitude settings) {
            return settings;
        }
    }
}
