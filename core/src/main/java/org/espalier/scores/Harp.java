package org.espalier.scores;

import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/** HARP: HYDRA's phases with a density of each layer that is learnt with the scores. See {@link LearntDensities}. */
@Kind("harp")
public record Harp(
        @Setting(
                value = "weights kept at most, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double density,

        @Setting(
                value = "least density of a layer, as a fraction of density",
                preset = "0.1",
                min = 0,
                max = 1,
                below = true)
        double least,

        @Setting(
                value = "density of each layer that learning begins with",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double start,

        @Setting(value = "weight of the penalty in the first epoch", preset = "0.01", min = 0, above = true)
        double penalty,

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
                above = true,
                max = 1)
        double scores,

        @Setting(value = "learning rate of scores; it falls to 0 with a cosine", preset = "0.1", min = 0)
        double rate,

        @Setting(value = "momentum of scores, per update", preset = "0.9", min = 0, max = 1, below = true)
        double momentum,

        @Setting(value = "weight decay of scores", preset = "5e-4", min = 0)
        double decay,

        @Setting(
                value = "factor of the optimizer's rate while weights under the mask train",
                preset = "0.1",
                min = 0,
                above = true)
        double fineTuneRate)
        implements MaskRule {
    /** Checks the first density. */
    public Harp {
        if (start <= least * density) {
            throw new IllegalArgumentException(
                    "start is " + start + ", expected more than the least density of a layer, " + least * density);
        }
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    /** The densities are learnt against an adversarial loss. */
    @Override
    public boolean robustLossesOnly() {
        return true;
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        ScorePhases phases = ScorePhases.of(pretrain, scores, training.iterations());
        return new ScoreLearning(
                training,
                new ScoreLearning.Rules(
                        phases.pretrain(),
                        phases.scores(),
                        rate,
                        momentum,
                        decay,
                        ScoreStart.WEIGHTS,
                        fineTuneRate,
                        false),
                new LearntDensities(
                        training.engine().architecture(), density, least * density, start, penalty, momentum));
    }

    @Override
    public void check(int iterations) {
        ScorePhases.of(pretrain, scores, iterations);
    }

    @Override
    public boolean prunesByZeros() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<Harp> {
        @Override
        public Class<Harp> settings() {
            return Harp.class;
        }

        @Override
        public MaskRule create(Harp settings) {
            return settings;
        }
    }
}
