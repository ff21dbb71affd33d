package org.espalier.engine;

/**
 * An engine that also bounds the logits over all inputs in a ball, and gives those bounds' gradients. For certified training
 * and its measurements.
 */
public interface BoundEngine extends Engine {
    /**
     * An engine as one of bounds.
     *
     * @throws IllegalArgumentException if it computes none; the message names the engine's class
     */
    static BoundEngine of(Engine engine) {
        if (engine instanceof BoundEngine bounds) {
            return bounds;
        }
        throw new IllegalArgumentException("certified objectives and bounds need an engine that computes bounds, "
                + engine.getClass().getSimpleName() + " does not");
    }

    /**
     * Buffers for bounds of up to {@code examples} examples at once.
     *
     * @param linear whether {@link #boundMargins} may be asked for a share of linear bounds
     * @throws IllegalArgumentException if the network has fewer than 2 classes
     */
    BoundBuffers newBoundBuffers(int examples, boolean linear);

    /**
     * Computes upper bounds of every other class's logit less the label's, over all inputs within {@code epsilon} of each
     * example (L-infinity) and within [0, 1], into {@link BoundBuffers#marginBounds}. The bounds are computed in floating point
     * without directed rounding, for training; {@code org.espalier.evaluate.certify} makes certificates.
     *
     * <p>The bound is {@code linearShare} x CROWN-IBP's + (1 - {@code linearShare}) x interval bound propagation's. Intervals
     * go through the layers as centre and radius, {@code c = W m + b, d = |W| r}, and the last layer is taken together with
     * the difference of two logits (Gowal et al., "On the effectiveness of interval bound propagation for training verifiably
     * robust models", 2018, section 3); where the logits come from another layer, their intervals are subtracted. Of a max
     * pool the largest lower and the largest upper bound count. Batch norms use their running statistics, so that an example's
     * bounds depend on no other example. CROWN-IBP carries each difference back to the input through a linear bound of each
     * ReLU between the interval bounds, with the lower slope 0 or 1, whichever leaves the smaller triangle (Zhang et al.,
     * "Towards stable and efficient training of verifiably robust neural networks", 2020, section 3). The maximum of a pool's window
     * is bounded from below by the place with the largest lower bound and from above by the largest upper bound; it is that place
     * where no other's upper bound is larger. Zhang et al. have no pools: this is the usual relaxation of CROWN, as in auto_LiRPA (Xu
     * et al., "Automatic perturbation analysis for scalable certified robustness and beyond", 2020).
     *
     * @param buffers its natural input filled, padding included, as {@code EngineOps.loadImages} does
     * @param epsilon at least 0
     * @param linearShare in [0, 1]; 0 for buffers made without linear bounds
     * @param labels class of each example, from {@code firstLabel} on
     */
    void boundMargins(
            BoundBuffers buffers, float epsilon, float linearShare, int[] labels, int firstLabel, int examples);

    /**
     * Gradient with respect to surviving weights and biases, summed over the examples, from {@link BoundBuffers#marginBoundGradients} and
     * the last {@link #boundMargins}, and, if {@code natural}, from the logits' gradient and the last {@link Engine#forward} of the
     * examples' own panels. Replaces the gradient held.
     *
     * <p>The linear bounds' slopes u / (u - l) and constants are differentiated through, as is the hidden bounds' part in them;
     * which lower slope or place of a pool was chosen, and which corner of the box is worst, is taken as fixed. Both as in Zhang et
     * al.'s code.
     */
    void backward(BoundBuffers buffers, boolean natural);
}
