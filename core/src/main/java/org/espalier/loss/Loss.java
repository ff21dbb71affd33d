package org.espalier.loss;

/**
 * A loss of one example's logits. Implementations are immutable and allocate nothing in {@link #at}, which training calls for
 * every example of every update.
 */
public interface Loss {
    /**
     * The loss of one example and its gradient.
     *
     * @param logits (class) not to be written to
     * @param label true class
     * @param reference (class) logits that the loss compares with, such as those of the clean example; equal to
     *     {@code logits} where the caller has none
     * @param gradient (class) receives the derivative by each logit; zero before the call
     * @param referenceGradient (class) receives the derivative by each reference logit; zero before the call; losses
     *     that treat the reference as a constant do not write it
     * @return the loss; NaN or infinite only if a logit is
     */
    double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient);

    /** Whether {@link #at} reads {@code reference}; the caller must then have run the reference's forward pass. */
    default boolean readsReference() {
        return false;
    }
}
