package org.espalier.train;

import org.espalier.engine.Update;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** An optimizer and its constants. */
public sealed interface OptimizerSettings {
    /** Learning rate before any schedule, above 0. */
    double rate();

    /**
     * The update to make.
     *
     * @param t number of the update, the first is 1
     * @param factor of the learning rate, at least 0
     * @param l1 weight of the L1 penalty's gradient
     * @param l2 weight of the L2 penalty's gradient
     * @param weightDecay decoupled: each surviving weight loses the share {@code rate x factor x weightDecay}
     */
    Update update(int t, double factor, float l1, float l2, double weightDecay);

    /** The first update from which all updates of one factor are the same, counted from 1. */
    default int settledFrom() {
        return 1;
    }

    /**
     * Adam in Keras's formulation: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), with the step
     * size of the end of section 2.
     *
     * @param rate learning rate, above 0
     * @param beta1 in [0, 1)
     * @param beta2 in [0, 1)
     * @param epsilon above 0
     */
    @Kind("adam")
    record Adam(
            @Setting(value = "learning rate", preset = "0.0012", min = 0, above = true)
            double rate,

            @Setting(value = "decay of the first moment, per update", preset = "0.9", min = 0, max = 1, below = true)
            double beta1,

            @Setting(value = "decay of the second moment, per update", preset = "0.999", min = 0, max = 1, below = true)
            double beta2,

            @Setting(value = "added to the root of the second moment", preset = "1e-7", min = 0, above = true)
            double epsilon)
            implements OptimizerSettings {
        public Adam {
            positive("learning rate", rate);
            fraction("beta1", beta1);
            fraction("beta2", beta2);
            positive("epsilon", epsilon);
        }

        /** Keras's constants: beta 0.9 and 0.999, epsilon 1e-7. */
        public Adam(double rate) {
            this(rate, 0.9, 0.999, 1e-7);
        }

        /** The learning rate with both moments' corrections for having started at zero, at update {@code t}. */
        public float stepSize(int t) {
            return stepSize(t, 1);
        }

        private float stepSize(int t, double factor) {
            return (float) (rate * factor * Math.sqrt(1 - StrictMath.pow(beta2, t)) / (1 - StrictMath.pow(beta1, t)));
        }

        /** From here on both powers in {@link #stepSize} are at most 2^-55, and 1 less either of them rounds to 1. */
        @Override
        public int settledFrom() {
            double slowest = Math.max(beta1, beta2);
            return slowest == 0 ? 1 : (int) Math.ceil(55 * StrictMath.log(2) / -StrictMath.log(slowest));
        }

        @Override
        public Update update(int t, double factor, float l1, float l2, double weightDecay) {
            return new Update.Adam(
                    stepSize(t, factor),
                    (float) beta1,
                    (float) beta2,
                    (float) epsilon,
                    l1,
                    l2,
                    decay(rate, factor, weightDecay));
        }
    }

    /**
     * Stochastic gradient descent with momentum.
     *
     * @param rate learning rate, above 0
     * @param momentum in [0, 1); 0 is plain gradient descent
     */
    @Kind("sgd")
    record Momentum(
            @Setting(value = "learning rate", preset = "0.1", min = 0, above = true)
            double rate,

            @Setting(value = "momentum, per update", preset = "0.9", min = 0, max = 1, below = true)
            double momentum)
            implements OptimizerSettings {
        public Momentum {
            positive("learning rate", rate);
            fraction("momentum", momentum);
        }

        @Override
        public Update update(int t, double factor, float l1, float l2, double weightDecay) {
            return new Update.Momentum(
                    (float) (rate * factor), (float) momentum, l1, l2, decay(rate, factor, weightDecay));
        }
    }

    /**
     * Stochastic gradient descent with Nesterov's momentum, as PyTorch's {@code SGD} has it with {@code nesterov=True}: v = momentum v
     * + g, w = w - rate (g + momentum v). The velocity holds no rate, so that a changed rate acts on it at once.
     *
     * @param rate learning rate, above 0
     * @param momentum in [0, 1)
     */
    @Kind("nesterov")
    record Nesterov(
            @Setting(value = "learning rate", preset = "0.1", min = 0, above = true)
            double rate,

            @Setting(value = "momentum, per update", preset = "0.9", min = 0, max = 1, below = true)
            double momentum)
            implements OptimizerSettings {
        public Nesterov {
            positive("learning rate", rate);
            fraction("momentum", momentum);
        }

        @Override
        public Update update(int t, double factor, float l1, float l2, double weightDecay) {
            return new Update.Nesterov(
                    (float) (rate * factor), (float) momentum, l1, l2, decay(rate, factor, weightDecay));
        }
    }

    private static float decay(double rate, double factor, double weightDecay) {
        return (float) (rate * factor * weightDecay);
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("an optimizer's " + name + " must be above 0, got " + value);
        }
    }

    private static void fraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "an optimizer's " + name + " must be at least 0 and below 1, got " + value);
        }
    }
}
