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
 * An early-bird ticket: You et al., "Drawing early-bird tickets" (2020). Their masks are of channels by the scale of batch norm; by
 * preset the mask keeps the largest weights here, and the ticket begins again from the level's first weights.
 */
@Kind("early-bird")
public record EarlyBird(
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
    private static final double PENALTY = 0.0001; // where none is given

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new EarlyTicket(
                training,
                new EarlyTicket.Rules(
                        threshold,
                        keptThreshold.orElse(Double.POSITIVE_INFINITY),
                        window,
                        every.orElse(training.updatesPerEpoch()),
                        EarlyTicket.latest(latest, training.iterations()),
                        search == EarlySearch.NATURAL,
                        restart == EarlyRestart.ORIGINAL,
                        of == MaskedParts.CHANNELS ? penalty : 0),
                masks(training.engine().architecture()));
    }

    private TicketMasks masks(Architecture architecture) {
        return switch (of) {
            case WEIGHTS -> new WeightMasks(density);
            case CHANNELS -> new ChannelMasks(architecture, density);
        };
    }

    @Override
    public void check(int iterations) {
        EarlyTicket.latest(latest, iterations);
    }

    @Override
    public void check(Architecture architecture) {
        if (of == MaskedParts.CHANNELS) {
            ChannelMasks.check(architecture);
        } else if (penalty != PENALTY) {
            throw new IllegalArgumentException("penalty is " + penalty
                    + " with of: weights; it belongs to of: channels, whose scales it makes small");
        }
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
