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
 * Movement pruning: scores of weights add up what gradients would move them away from zero, and the density of the highest signed
 * scores falls from 1 as a cubic. Sanh, Wolf and Rush, "Movement pruning" (2020).
 */
@Kind("movement")
public record Movement(
        @Setting(
                value = "weights kept at the end, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "uniform")
        Distribution distribution,

        @Setting(value = "learning rate of scores", preset = "0.01", min = 0)
        double rate,

        @Setting(
                value = "fraction of training.iterations before the density falls",
                preset = "0.1",
                min = 0,
                max = 1,
                below = true)
        double warmUp,

        @Setting(
                value = "fraction of training.iterations at the end that has the last density",
                preset = "0.2",
                min = 0,
                max = 1,
                below = true)
        double coolDown)
        implements MaskRule {
    /** Checks that the density has time to fall. */
    public Movement {
        checkTime(warmUp, coolDown, "the density to fall");
    }

    /** Checks that warm-up and cool-down leave time for something. */
    static void checkTime(double warmUp, double coolDown, String what) {
        if (warmUp + coolDown >= 1) {
            throw new IllegalArgumentException("warm-up of " + warmUp + " and cool-down of " + coolDown
                    + " leave no time for " + what + ", expected a sum below 1");
        }
    }

    /** The share of the way from a density of 1 to the last one that is left after so many updates. */
    double left(int updates, int iterations) {
        return left(warmUp, coolDown, updates, iterations);
    }

    /** What is left of a way that is gone as a cubic between warm-up and cool-down, fractions of all updates: from 1 to 0. */
    static double left(double warmUp, double coolDown, int updates, int iterations) {
        double done = (updates - warmUp * iterations) / ((1 - warmUp - coolDown) * iterations);
        double rest = updates >= iterations ? 0 : 1 - Math.clamp(done, 0.0, 1.0);
        return rest * rest * rest;
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        Architecture architecture = training.engine().architecture();
        int[] last = distribution.counts(architecture, density);
        return new MovementScores(training, rate, 0, 0, (updates, _) -> {
            double left = left(updates, training.iterations());
            int[] counts = new int[last.length];
            for (int layer = 0; layer < counts.length; layer++) {
                counts[layer] = last[layer] + (int) (left * (architecture.weights(layer) - last[layer]));
            }
            return counts;
        });
    }

    @Override
    public boolean allGradients() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<Movement> {
        @Override
        public Class<Movement> settings() {
            return Movement.class;
        }

        @Override
        public MaskRule create(Movement settings) {
            return settings;
        }
    }
}
