package org.espalier.scores;

import java.util.Optional;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
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
 * {@link TangentTransfer} that matches attacked images too, after the abstract of Shi et al. (2022), "Finding dynamics preserving
 * adversarial winning tickets". Images are attacked away from the dense network's prediction.
 */
@Kind(value = "awt-style", version = "2")
public record AdversarialTangents(
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

        @Setting(
                value = "radius of the L-infinity ball of the attacked images, in pixel values 0 to 1",
                preset = "0.3",
                min = 0,
                max = 1)
        double epsilon,

        @Setting(value = "length of a step of their attack", preset = "0.05", min = 0, above = true, max = 1)
        double step,

        @Setting(value = "steps of their attack", preset = "10", min = 1)
        int steps,

        @Setting(value = "updates of the search between masks", preset = "100", min = 1)
        int refresh)
        implements MaskRule {
    /** The same search on clean images alone. */
    private TangentTransfer clean() {
        return new TangentTransfer(density, distribution, search, draws, scale, tangent, decay, rate, refresh);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return clean().start(weights, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return clean().bind(
                        training,
                        Optional.of(new Pgd(epsilon, step, steps, true, 1, KeptIterate.LAST, LabelChoice.TRUE)));
    }

    @Override
    public void check(int iterations) {
        clean().check(iterations);
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<AdversarialTangents> {
        @Override
        public Class<AdversarialTangents> settings() {
            return AdversarialTangents.class;
        }

        @Override
        public MaskRule create(AdversarialTangents settings) {
            return settings;
        }
    }
}
