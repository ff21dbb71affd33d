package org.espalier.scores;

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
 * HYDRA: trains the dense network, learns scores that begin as its weights, and trains the weights under the mask. Sehwag et al.,
 * "HYDRA: pruning adversarially robust neural networks" (2020). All phases have the level's objective. With {@code scores: 0} the
 * mask is that of the largest weights: the baseline LWM of the paper.
 */
@Kind("hydra")
public record Hydra(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.1", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "uniform")
        Distribution distribution,

        @Setting(
                value = "fraction of training.iterations that the dense network trains in",
                preset = "0.45",
                min = 0,
                max = 1,
                below = true)
        double pretrain,

        @Setting(
                value =
                        "fraction of training.iterations that scores are learnt in; weights under the mask train in the rest",
                preset = "0.1",
                min = 0,
                max = 1)
        double scores,

        @Setting(value = "learning rate of scores; it falls to 0 with a cosine", preset = "0.1", min = 0)
        double rate,

        @Setting(value = "momentum of scores, per update", preset = "0.9", min = 0, max = 1, below = true)
        double momentum,

        @Setting(value = "weight decay of scores", preset = "1e-4", min = 0)
        double decay,

        @Setting(
                value = "factor of the optimizer's rate while weights under the mask train",
                preset = "0.1",
                min = 0,
                above = true)
        double fineTuneRate)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        int[] counts = distribution.counts(training.engine().architecture(), density);
        return new ScoreLearning(training, rules(training.iterations()), () -> counts);
    }

    private ScoreLearning.Rules rules(int iterations) {
        ScorePhases phases = ScorePhases.of(pretrain, scores, iterations);
        return new ScoreLearning.Rules(
                phases.pretrain(), phases.scores(), rate, momentum, decay, ScoreStart.WEIGHTS, fineTuneRate, false);
    }

    @Override
    public void check(int iterations) {
        ScorePhases phases = ScorePhases.of(pretrain, scores, iterations);
        if (phases.scores() == 0 && phases.pretrain() >= iterations) {
            throw new IllegalArgumentException("no update is left after pretrain of " + pretrain);
        }
    }

    @Override
    public boolean prunesByZeros() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<Hydra> {
        @Override
        public Class<Hydra> settings() {
            return Hydra.class;
        }

        @Override
        public MaskRule create(Hydra settings) {
            return settings;
        }
    }
}
