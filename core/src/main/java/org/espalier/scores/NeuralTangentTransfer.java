package org.espalier.scores;

import org.espalier.dynamic.Distribution;
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
 * Neural tangent transfer: looks for a mask with new initial weights whose outputs and tangent kernel are near those of the dense
 * network at its initial weights, and then trains that network. No label is read in the search. Liu and Zenke, "Finding trainable
 * sparse networks through neural tangent transfer" (2020), and their code. Fully connected networks only. {@link TangentTransfer}
 * has a surrogate of the kernel's distance for all networks.
 */
@Kind("ntt")
public record NeuralTangentTransfer(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.03", min = 0, above = true, max = 1)
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

        @Setting(value = "weight of the distance of kernels; outputs have 1", preset = "0.001", min = 0)
        double kernel,

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
        Architecture architecture = training.engine().architecture();
        check(architecture);
        int length = ScorePhases.search(search, training.iterations());
        return new KernelMatch(
                training,
                new MatchingSearch.Rules(
                        distribution.counts(architecture, density), length, decay / density, rate, refresh),
                kernel);
    }

    @Override
    public void check(int iterations) {
        ScorePhases.checkSearch(search, iterations);
    }

    @Override
    public void check(Architecture architecture) {
        if (architecture.fullyConnected().isEmpty()) {
            throw new IllegalArgumentException(
                    "kind ntt has a closed form of fully connected networks only; ntt-style works with any network");
        }
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<NeuralTangentTransfer> {
        @Override
        public Class<NeuralTangentTransfer> settings() {
            return NeuralTangentTransfer.class;
        }

        @Override
        public MaskRule create(NeuralTangentTransfer settings) {
            return settings;
        }
    }
}
