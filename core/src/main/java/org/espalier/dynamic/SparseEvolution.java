package org.espalier.dynamic;

import java.util.OptionalInt;
import org.espalier.UserException;
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
 * SET: after each epoch but the last, drops the fraction of the positive weights nearest zero and the same fraction of the
 * negative ones, and grows as many at random. Mocanu et al., "Scalable training of artificial neural networks with adaptive
 * sparse connectivity" (2018), algorithm 2. A grown weight that is still 0 counts as positive.
 */
@Kind("set")
public record SparseEvolution(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.1", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "erk")
        Distribution distribution,

        @Setting(value = "updates between events; an epoch if not given", min = 1)
        OptionalInt every,

        @Setting(
                value = "fraction of positive, and of negative, weights of a layer to drop at an event",
                preset = "0.3",
                min = 0,
                max = 1)
        double fraction,

        @Setting(value = "whether the output layer takes part", preset = "false")
        boolean output,

        @Setting(
                value = "standard deviation of grown weights' first values; 0 grows them at zero",
                preset = "0",
                min = 0)
        double deviation)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        return distribution.draw(weights.architecture(), density, stream);
    }

    @Override
    public void check(int iterations) {
        if (fraction > 0 && every.isPresent() && every.getAsInt() >= iterations) {
            throw new IllegalArgumentException("has no event before the last of " + iterations + " updates: every is "
                    + every.getAsInt() + ", expected less");
        }
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        int between = every.orElse(training.updatesPerEpoch());
        if (fraction > 0 && every.isEmpty() && between >= training.iterations()) {
            throw new UserException("training.mask set has no event before the last of " + training.iterations()
                    + " updates: an epoch has " + between + ", expected every to be given");
        }
        return new Rewiring(
                training,
                new Rewiring.Rules(
                        update -> (update + 1) % between == 0 && update + 1 < training.iterations(),
                        _ -> fraction,
                        false,
                        true,
                        output,
                        Growth.RANDOM,
                        0,
                        deviation));
    }

    @Override
    public boolean constantDensity() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<SparseEvolution> {
        @Override
        public Class<SparseEvolution> settings() {
            return SparseEvolution.class;
        }

        @Override
        public MaskRule create(SparseEvolution settings) {
            return settings;
        }
    }
}
