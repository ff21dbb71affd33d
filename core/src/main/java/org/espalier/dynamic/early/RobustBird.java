package org.espalier.dynamic.early;

import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.network.Architecture;
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
 * A robust bird: the ticket is found in natural training and goes on, with its weights, a fresh optimizer and a schedule of its own, on
 * the level's objective. Chen et al., "Sparsity winning twice" (2022), section 3.1, with the threshold of their code for weights;
 * that for channels is 0.1.
 */
@Kind("robust-bird")
public record RobustBird(
        @Setting(
                value =
                        "weights kept by the ticket, as a fraction of all weights; with of: channels, channels as a fraction of"
                                + " those that can be taken out",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density,

        @Setting(
                value =
                        "the search ends when the newest mask differs from each of the window at less than this fraction of"
                                + " all positions; at density d two masks differ at 2 d of them at most",
                preset = "0.08",
                min = 0,
                above = true,
                max = 1)
        double threshold,

        @Setting(
                value =
                        "the same as a fraction of the weights that the newest mask keeps, which does not depend on the density:"
                                + " those that the other mask lacks; not looked at if not given",
                min = 0,
                above = true,
                max = 1)
        Optional<Double> keptThreshold,

        @Setting(value = "masks that are compared, the last ones", preset = "5", min = 2, max = 26)
        int window,

        @Setting(value = "updates between masks; an epoch if not given", min = 1)
        OptionalInt every,

        @Setting(
                value = "fraction of training.iterations at which the search ends at the latest",
                preset = "0.5",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double latest,

        @Setting(value = "what the search trains on: natural images, or the level's objective", preset = "natural")
        EarlySearch search,

        @Setting(
                value =
                        "weights that the ticket begins with: continued (those of the search) or original (the level's first)",
                preset = "continued")
        EarlyRestart restart,

        @Setting(
                value =
                        "what the masks are of: weights (the largest), or channels (those of the largest scales of batch norms)",
                preset = "weights",
                addedLater = true)
        MaskedParts of,

        @Setting(
                value = "with of: channels, weight of the L1 norm of batch norms' scales in the search's loss",
                preset = "0.0001",
                min = 0,
                addedLater = true)
        double penalty)
        implements MaskRule {
    /** The same search with other presets. */
    private EarlyBird rule() {
        return new EarlyBird(density, threshold, keptThreshold, window, every, latest, search, restart, of, penalty);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return rule().start(weights, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return rule().bind(training);
    }

    @Override
    public void check(int iterations) {
        rule().check(iterations);
    }

    @Override
    public void check(Architecture architecture) {
        rule().check(architecture);
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<RobustBird> {
        @Override
        public Class<RobustBird> settings() {
            return RobustBird.class;
        }

        @Override
        public MaskRule create(RobustBird settings) {
            return settings;
        }
    }
}
