package org.espalier.engine;

import org.espalier.network.Architecture;

/**
 * The buffers that a batch passes through. Made once by {@link Engine#newBuffers} and used for every step, so that steps
 * allocate nothing. The caller fills {@link #input}, asks the engine for {@link #logits}, fills {@link #logitGradient} and asks
 * for gradients. An engine works on buffers that it made itself.
 */
public interface ActivationBuffers {
    /** Inputs, [panel][input][lane]; the caller's to fill. */
    ActivationPanels input();

    /** Logits, [panel][class][lane]; filled by {@link Engine#forward}. */
    ActivationPanels logits();

    /** Gradient of the loss with respect to the logits; the caller's to fill, zero in padding lanes. */
    ActivationPanels logitGradient();

    /**
     * Gradient of the loss with respect to the inputs, [panel][input][lane]; filled by {@link Engine#backward} where asked
     * for, zero for inputs that are not live. Made when first wanted.
     */
    ActivationPanels inputGradient();

    /**
     * Says which panels hold one batch, and how many examples stand in them before the padding. Statistics of a batch, in
     * {@link Mode#TRAINING}, are those of these examples. Buffers of networks without such statistics ignore it; without a
     * call, all panels are one batch without padding.
     *
     * @throws IllegalArgumentException if the panels are not there or do not hold so many examples
     */
    default void batch(int firstPanel, int panels, int examples) {}

    /**
     * Has every later forward pass but those in {@link Mode#EVALUATION} drop hidden units, and gradients of such a pass go by the
     * units that are left.
     *
     * @throws UnsupportedOperationException if the engine cannot
     */
    default void dropout(Dropout dropout) {
        throw new UnsupportedOperationException(getClass().getName() + " has no dropout");
    }

    /** Number of panels. */
    int panels();

    /** The network that the buffers are for. */
    Architecture architecture();
}
