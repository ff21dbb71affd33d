package org.espalier.engine;

/** Which gradients a backward pass computes; see {@link Engine#backward}. */
public enum Gradients {
    /** Of surviving weights and of biases, summed over the examples; zero where pruned. */
    WEIGHTS,
    /**
     * Of all weights, pruned ones included, and of biases, summed over the examples. The gradient of a pruned weight is the
     * loss's slope at its value 0. Surviving weights get the same bits as with {@link #WEIGHTS}. Several times slower; for
     * pruning criteria, not for every step.
     */
    ALL_WEIGHTS,
    /** Of the inputs of each example, into {@link ActivationBuffers#inputGradient}. */
    INPUTS,
    /** {@link #WEIGHTS} and {@link #INPUTS} with one pass through the hidden layers. */
    WEIGHTS_AND_INPUTS;

    /** Whether {@link Engine#gradient} is replaced. */
    public boolean weights() {
        return this != INPUTS;
    }

    /** Whether {@link ActivationBuffers#inputGradient} is filled. */
    public boolean inputs() {
        return this == INPUTS || this == WEIGHTS_AND_INPUTS;
    }
}
