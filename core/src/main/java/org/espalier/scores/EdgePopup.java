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
 * Edge-popup: learns scores of weights that never train. Ramanujan et al., "What's hidden in a randomly weighted neural network?"
 * (2020). With an adversarial objective these are the robust scratch tickets of Fu et al., "Drawing robust scratch tickets" (2021),
 * and {@code scores} below 1 with a {@code fine-tune} their fine-tuning.
 */
@Kind("edge-popup")
public record EdgePopup(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.5", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "uniform")
        Distribution distribution,

        @Setting(
                value =
                        "fraction of training.iterations that scores are learnt in; weights under the mask train in the rest",
                preset = "1",
                min = 0,
                above = true,
                max = 1)
        double scores,

        @Setting(value = "learning rate of scores; it falls to 0 with a cosine", preset = "0.1", min = 0)
        double rate,

        @Setting(value = "momentum of scores, per update", preset = "0.9", min = 0, max = 1, below = true)
        double momentum,

        @Setting(value = "weight decay of scores", preset = "1e-4", min = 0)
        double decay,

        @Setting(
                value =
                        "weights that training under the mask begins with: inherited (those drawn) or redrawn (a fresh draw)",
                preset = "inherited")
        FineTuning fineTune,

        @Setting(
                value =
                        "whether initial weights are divided by the root of the density, so that activations keep their size",
                preset = "false")
        boolean scaleFan)
        implements MaskRule {
    @Override
    public Mask start(Weights weights, Stream stream) {
        if (scaleFan) {
            float factor = (float) (1 / Math.sqrt(density));
            for (int layer = 0; layer < weights.architecture().layers(); layer++) {
                float[] matrix = weights.matrix(layer);
                for (int i = 0; i < matrix.length; i++) {
                    matrix[i] *= factor;
                }
            }
        }
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        ScorePhases phases = ScorePhases.of(0, scores, training.iterations());
        int[] counts = distribution.counts(training.engine().architecture(), density);
        return new ScoreLearning(
                training,
                new ScoreLearning.Rules(
                        0,
                        phases.scores(),
                        rate,
                        momentum,
                        decay,
                        ScoreStart.UNIFORM,
                        1,
                        fineTune == FineTuning.REDRAWN),
                () -> counts);
    }

    @Override
    public void check(int iterations) {
        ScorePhases.of(0, scores, iterations);
    }

    @Override
    public boolean prunesByZeros() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<EdgePopup> {
        @Override
        public Class<EdgePopup> settings() {
            return EdgePopup.class;
        }

        @Override
        public MaskRule create(EdgePopup settings) {
            return settings;
        }
    }
}
