package org.espalier.dynamic;

import java.util.Optional;
import java.util.OptionalInt;
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
 * An early-bird ticket on weights: You et al., "Drawing early-bird tickets" (2020), whose masks are of channels by the scale of batch
 * norm. Here the mask keeps the largest weights, and the ticket begins again from the level's first weights.
 */
@Kind("early-bird")
public record EarlyBird(
        @Setting(
                value = "weights kept by the ticket, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density,

        @Setting(
                value =
                        "the search ends when the newest mask differs from each of the window at less than this fraction of"
                                + " all positions; at density d two masks differ at 2 d of them at most",
                preset = "0.1",
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

        @Setting(value = "what the search trains on: natural images, or the level's objective", preset = "objective")
        EarlySearch search,

        @Setting(
                value =
                        "weights that the ticket begins with: continued (those of the search) or original (the level's first)",
                preset = "original")
        EarlyRestart restart)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new EarlyTicket(
                training,
                new EarlyTicket.Rules(
                        density,
                        threshold,
                        keptThreshold.orElse(Double.POSITIVE_INFINITY),
                        window,
                        every.orElse(training.updatesPerEpoch()),
                        EarlyTicket.latest(latest, training.iterations()),
                        search == EarlySearch.NATURAL,
                        restart == EarlyRestart.ORIGINAL));
    }

    @Override
    public void check(int iterations) {
        EarlyTicket.latest(latest, iterations);
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<EarlyBird> {
        @Override
        public Class<EarlyBird> settings() {
            return EarlyBird.class;
        }

        @Override
        public MaskRule create(EarlyBird settings) {
            return settings;
        }
    }
}
