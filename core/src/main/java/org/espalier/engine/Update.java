package org.espalier.engine;

/**
 * One optimizer update of all weights and biases from the gradients that the engine holds.
 *
 * <p>{@code l1} adds {@code l1 * sign(w)} and {@code l2} adds {@code l2 * w} to each surviving weight's
 * gradient g first; biases are not penalised.
 */
public sealed interface Update {
    /** Moments closer to 0 than 2^-100 are flushed to 0. */
    float SMALLEST_MOMENT = 0x1p-100f;

    /** Weight of the L1 penalty's gradient, at least 0. */
    float l1();

    /** Weight of the L2 penalty's gradient, at least 0. */
    float l2();

    /**
     * Adam in Keras's formulation: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
     * w = w - stepSize m / (sqrt(v) + epsilon). Kingma and Ba, "Adam" (2015), the reordering at the end of section 2.
     *
     * @param stepSize learning rate x sqrt(1 - beta2^t) / (1 - beta1^t) at update t (the first is 1)
     */
    record Adam(float stepSize, float beta1, float beta2, float epsilon, float l1, float l2) implements Update {}

    /** SGD with momentum in Keras's formulation: v = momentum v - rate g, w = w + v. */
    record Momentum(float rate, float momentum, float l1, float l2) implements Update {}
}
