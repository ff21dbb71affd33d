package org.espalier.scores;

import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.dynamic.Distribution;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/**
 * Neural tangent transfer, with the surrogate of {@link TangentMatch} in place of the kernel's distance. Liu and Zenke, "Finding
 * trainable sparse networks through neural tangent transfer" (2020).
 */
@Kind(value = "ntt-style", version = "2")
public record TangentTransfer(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.05", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "uniform")
        Distribution distribution,

        @Setting(
                value = "fraction of training.iterations of the search; the network found trains in the rest",
                preset = "0.3",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double search,

        @Setting(value = "draws of noise for each update of the search", preset = "4", min = 1)
        int draws,

        @Setting(value = "standard deviation of the noise on weights", preset = "0.01", min = 0, above = true)
        double scale,

        @Setting(value = "weight of the distance of tangents; outputs have 1", preset = "0.001", min = 0)
        double tangent,

        @Setting(value = "weight of the sum of squared weights, times density", preset = "1e-4", min = 0)
        double decay,

        @Setting(value = "learning rate of Adam in the search", preset = "5e-4", min = 0, above = true)
        double rate,

        @Setting(value = "updates of the search between masks", preset = "100", min = 1)
        int refresh)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return bind(training, Optional.empty());
    }

    /** The search on attacked images too. */
    MaskProcess bind(MaskTraining training, Optional<Attack> attack) {
        int length = ScorePhases.search(search, training.iterations());
        return new TangentMatch(
                training,
                new MatchingSearch.Rules(
                        distribution.counts(training.engine().architecture(), density),
                        length,
                        decay / density,
                        rate,
                        refresh),
                new TangentMatch.Tangents(draws, scale, tangent, attack));
    }

    @Override
    public void check(int iterations) {
        ScorePhases.checkSearch(search, iterations);
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<TangentTransfer> {
        @Override
        public Class<TangentTransfer> settings() {
            return TangentTransfer.class;
        }

        @Override
        public MaskRule create(TangentTransfer settings) {
            return settings;
        }
    }
}
