package org.espalier.engine;

/**
 * A step of an attack along the gradient with respect to the inputs; see {@link Engine#perturb}. Sealed, because an engine
 * may fuse a step into the product that makes the gradient, and must know all of them.
 */
public sealed interface StepRule {
    /**
     * A signed gradient step, projected to a ball and to the pixels' range:
     * {@code x = clip(clip(x + step sign(g), clean - epsilon, clean + epsilon), 0, 1)}; the sign of 0 and of NaN is 0.
     *
     * @param step length of the step, at least 0
     * @param epsilon radius of the ball (L-infinity) around the clean input, at least 0
     */
    record Sign(float step, float epsilon) implements StepRule {}
}
