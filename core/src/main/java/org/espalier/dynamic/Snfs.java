package org.espalier.dynamic;

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
 * RigL's events with growth by an exponential mean of the gradients of all weights, which every update needs. Dettmers and
 * Zettlemoyer, "Sparse networks from scratch" (2019), in the form of RigL's code, which moves no weights between layers.
 */
@Kind("snfs")
public record Snfs(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.1", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "erk")
        Distribution distribution,

        @Setting(value = "updates between events; the first is update 0", preset = "100", min = 1)
        int every,

        @Setting(
                value =
                        "fraction of a layer's weights dropped and grown at the first event; it falls to 0 with a cosine",
                preset = "0.3",
                min = 0,
                max = 1)
        double fraction,

        @Setting(
                value = "fraction of training.iterations after which the mask stays",
                preset = "0.75",
                min = 0,
                max = 1)
        double end,

        @Setting(
                value = "share of the past in the mean of gradients, per update",
                preset = "0.9",
                min = 0,
                max = 1,
                below = true)
        double momentum)
        implements MaskRule {
    private Rigl events() {
        return new Rigl(density, distribution, every, fraction, end);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return events().start(weights, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        int iterations = training.iterations();
        Rigl events = events();
        return new Rewiring(
                training,
                new Rewiring.Rules(
                        update -> update % every == 0 && update < end * iterations,
                        update -> events.dropped(update, iterations),
                        true,
                        false,
                        true,
                        Growth.MOMENTUM,
                        (float) momentum,
                        0));
    }

    @Override
    public boolean allGradients() {
        return true;
    }

    @Override
    public boolean constantDensity() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<Snfs> {
        @Override
        public Class<Snfs> settings() {
            return Snfs.class;
        }

        @Override
        public MaskRule create(Snfs settings) {
            return settings;
        }
    }
}
