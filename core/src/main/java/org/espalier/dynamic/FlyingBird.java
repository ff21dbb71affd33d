package org.espalier.dynamic;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
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
 * Flying Bird: drops the smallest weights and grows others after an update, with a fraction that falls with a cosine over the whole
 * training. Chen et al., "Sparsity winning twice" (2022), with ideal gas quotas and random growth, the defaults of their code.
 */
@Kind("flying-bird")
public record FlyingBird(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.2", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "igq")
        Distribution distribution,

        @Setting(value = "which weights grow: random, or gradient", preset = "random")
        Growth growth,

        @Setting(
                value = "fraction of a layer's weights dropped and grown at the beginning",
                preset = "0.5",
                min = 0,
                max = 1)
        double fraction,

        @Setting(value = "the same at the end", preset = "0.005", min = 0, max = 1)
        double lastFraction,

        @Setting(value = "updates between events in the first half of training", preset = "900", min = 1)
        int every,

        @Setting(value = "updates between events in the second half", preset = "1200", min = 1)
        int everyLater)
        implements MaskRule {
    /** Checks the growth. */
    public FlyingBird {
        if (growth == Growth.MOMENTUM) {
            throw new IllegalArgumentException("growth is momentum, expected random or gradient");
        }
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return distribution.draw(weights.architecture(), density, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new Rewiring(training, rules(training.iterations(), _ -> Rewiring.Counts.SAME));
    }

    /** When and how to rewire in a level of so many updates. */
    Rewiring.Rules rules(int iterations, Rewiring.Change change) {
        return new Rewiring.Rules(
                update ->
                        (update + 1) % (2L * update < iterations ? every : everyLater) == 0 && update + 1 < iterations,
                update -> Cosine.at(update, iterations, fraction, lastFraction),
                false,
                false,
                true,
                growth,
                0,
                0,
                change);
    }

    @Override
    public void check(int iterations) {
        IntPredicate events = rules(iterations, _ -> Rewiring.Counts.SAME).event();
        if (fraction > 0 && IntStream.range(0, iterations).noneMatch(events)) {
            throw new IllegalArgumentException("has no event before the last of " + iterations + " updates: every is "
                    + every + " and every-later " + everyLater + ", expected less");
        }
    }

    @Override
    public boolean allGradients() {
        return growth == Growth.GRADIENT;
    }

    @Override
    public boolean constantDensity() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<FlyingBird> {
        @Override
        public Class<FlyingBird> settings() {
            return FlyingBird.class;
        }

        @Override
        public MaskRule create(FlyingBird settings) {
            return settings;
        }
    }
}
