package org.espalier.scores;

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
 * Movement pruning by a threshold: weights whose score has a sigmoid above it are kept, so that training finds the density. Sanh, Wolf
 * and Rush, "Movement pruning" (2020), section 4, as its code has it: the threshold rises from 0 as a cubic, a penalty on the
 * sigmoids presses scores down, and each layer keeps at least int(0.005 n) + 1 of its n weights.
 */
@Kind("movement-threshold")
public record MovementThreshold(
        @Setting(
                value = "threshold of the sigmoid of a score at the end",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double threshold,

        @Setting(value = "first value of all scores; 2.197 has a sigmoid of 0.9", preset = "2.197")
        double start,

        @Setting(
                value = "weight of the mean sigmoid of all scores in the loss that scores learn by",
                preset = "0",
                min = 0)
        double penalty,

        @Setting(value = "learning rate of scores", preset = "0.01", min = 0)
        double rate,

        @Setting(
                value = "fraction of training.iterations before the threshold rises",
                preset = "0.1",
                min = 0,
                max = 1,
                below = true)
        double warmUp,

        @Setting(
                value = "fraction of training.iterations at the end that has the last threshold",
                preset = "0.2",
                min = 0,
                max = 1,
                below = true)
        double coolDown)
        implements MaskRule {
    /** Checks that the threshold has time to rise. */
    public MovementThreshold {
        Movement.checkTime(warmUp, coolDown, "the threshold to rise");
    }

    /** The threshold after so many updates. */
    double threshold(int updates, int iterations) {
        return threshold * (1 - Movement.left(warmUp, coolDown, updates, iterations));
    }

    /** Scores of a layer whose sigmoid is above a threshold, and as many as it keeps at least. */
    static int kept(float[] scores, double threshold) {
        double least = StrictMath.log(threshold / (1 - threshold)); // of a score; below all where the threshold is 0
        int above = 0;
        for (float score : scores) {
            above += score > least ? 1 : 0;
        }
        return Math.max(above, Math.min(scores.length, (int) (0.005 * scores.length) + 1));
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        Architecture architecture = training.engine().architecture();
        return new MovementScores(training, rate, (float) start, penalty, (updates, scores) -> {
            double present = threshold(updates, training.iterations());
            int[] counts = new int[architecture.layers()];
            for (int layer = 0; layer < counts.length; layer++) {
                counts[layer] = kept(scores.matrix(layer), present);
            }
            return counts;
        });
    }

    @Override
    public boolean allGradients() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<MovementThreshold> {
        @Override
        public Class<MovementThreshold> settings() {
            return MovementThreshold.class;
        }

        @Override
        public MaskRule create(MovementThreshold settings) {
            return settings;
        }
    }
}
