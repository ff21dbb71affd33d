package org.espalier.engine;

/**
 * One optimizer update of all weights and biases from the gradients that the engine holds.
 *
 * <p>{@code l1} adds {@code l1 * sign(w)} and {@code l2} adds {@code l2 * w} to each surviving weight's
 * gradient g first. Then each surviving weight is multiplied by {@code 1 - decay}, and the step follows. Biases are neither
 * penalised nor decayed.
 */
public sealed interface Update {
    /** Moments closer to 0 than 2^-100 are flushed to 0. */
    float SMALLEST_MOMENT = 0x1p-100f;

    /** Weight of the L1 penalty's gradient, at least 0. */
    float l1();

    /** Weight of the L2 penalty's gradient, at least 0. */
    float l2();

    /**
     * Share of each surviving weight that decoupled weight decay takes away, in [0, 1): the present learning rate x the decay.
     * Loshchilov and Hutter, "Decoupled weight decay regularization" (2019), with the rate as a factor as in PyTorch.
     */
    float decay();

    /** The same update without penalties and without decay, for biases. */
    Update onBiases();

    /**
     * Adam in Keras's formulation: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
     * w = w - stepSize m / (sqrt(v) + epsilon). Kingma and Ba, "Adam" (2015), the reordering at the end of section 2.
     *
     * @param stepSize learning rate x sqrt(1 - beta2^t) / (1 - beta1^t) at update t (the first is 1)
     */
    record Adam(float stepSize, float beta1, float beta2, float epsilon, float l1, float l2, float decay)
            implements Update {
        /** Without decay. */
        public Adam(float stepSize, float beta1, float beta2, float epsilon, float l1, float l2) {
            this(stepSize, beta1, beta2, epsilon, l1, l2, 0);
        }

        @Override
        public Update onBiases() {
            return plain(this) ? this : new Adam(stepSize, beta1, beta2, epsilon, 0, 0, 0);
        }
    }

    /** SGD with momentum in Keras's formulation: v = momentum v - rate g, w = w + v. */
    record Momentum(float rate, float momentum, float l1, float l2, float decay) implements Update {
        /** Without decay. */
        public Momentum(float rate, float momentum, float l1, float l2) {
            this(rate, momentum, l1, l2, 0);
        }

        @Override
        public Update onBiases() {
            return plain(this) ? this : new Momentum(rate, momentum, 0, 0, 0);
        }
    }

    /**
     * SGD with Nesterov's momentum in PyTorch's formulation: v = momentum v + g, w = w - rate (g + momentum v). Sutskever,
     * Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning" (2013), with the rate
     * outside the velocity.
     */
    record Nesterov(float rate, float momentum, float l1, float l2, float decay) implements Update {
        @Override
        public Update onBiases() {
            return plain(this) ? this : new Nesterov(rate, momentum, 0, 0, 0);
        }
    }

    private static boolean plain(Update update) {
        return update.l1() == 0 && update.l2() == 0 && update.decay() == 0;
    }
}
