package org.espalier.engine;

import org.espalier.network.Architecture;

/**
 * The buffers of {@link BoundEngine#boundMargins}: the images as they are, the box around each, what the layers make of both, and
 * gradients on the way back. Made once by {@link BoundEngine#newBoundBuffers} and used for every step, so that steps allocate
 * nothing. Here is what all engines share, from the logits on; each engine adds what its layers need.
 *
 * <p>Panels count in blocks of P, P being what the examples at hand need: P panels of images, P of the boxes' centres, and P of
 * coefficients for each margin that is bounded linearly.
 */
public abstract class BoundBuffers {
    private final Architecture architecture;
    /** Margins bounded linearly per example: the other classes, or none. */
    public final int margins;
    /** Radii of the differences of two logits, and their gradients: [panel][pair][lane]. */
    public final ActivationPanels pairRadius;

    public final ActivationPanels pairGradient;
    /** Linear bounds, [panel][margin][lane], and their gradients, [margin x panel][lane]. */
    public final ActivationPanels linear;

    public final ActivationPanels linearGradient;

    private final ActivationPanels worst;
    private final ActivationPanels worstGradient;
    public final int[] labels;
    public int examples;
    public float linearShare;

    /**
     * What all engines share.
     *
     * @param examples that must fit, at least 1
     * @param linear whether margins are ever bounded linearly
     * @throws IllegalArgumentException if the network has fewer than 2 classes
     */
    protected BoundBuffers(Architecture architecture, int examples, boolean linear) {
        if (architecture.classes() < 2) {
            throw new IllegalArgumentException("margins need at least 2 classes, a network " + architecture + " has 1");
        }
        this.architecture = architecture;
        margins = linear ? architecture.classes() - 1 : 0;
        int lanes = ActivationPanels.panelsFor(examples) * ActivationPanels.LANES;
        int classes = architecture.classes();
        pairRadius = new ActivationPanels(classes * (classes - 1) / 2, lanes);
        pairGradient = new ActivationPanels(classes * (classes - 1) / 2, lanes);
        this.linear = new ActivationPanels(Math.max(1, margins), lanes);
        linearGradient = new ActivationPanels(1, Math.max(1, margins) * lanes);
        worst = new ActivationPanels(classes, lanes);
        worstGradient = new ActivationPanels(classes, lanes);
        labels = new int[lanes];
    }

    /**
     * The buffers of the images themselves, in its first panels: the caller fills its input, may ask the engine for their
     * logits, and fills the logits' gradient. The panels after those belong to the engine.
     */
    public abstract ActivationBuffers natural();

    /**
     * The worst case of each class, [panel][class][lane]: an upper bound of its logit less the label's, 0 for the label
     * itself; filled by {@link BoundEngine#boundMargins}.
     */
    public final ActivationPanels marginBounds() {
        return worst;
    }

    /** Gradient of the loss with respect to {@link #marginBounds}; the caller's to fill, zero in padding lanes. */
    public final ActivationPanels marginBoundGradients() {
        return worstGradient;
    }

    public final Architecture architecture() {
        return architecture;
    }

    /** Number of panels of activations that the examples at hand take. */
    public final int panels() {
        return ActivationPanels.panelsFor(examples);
    }

    /** Takes what {@link BoundEngine#boundMargins} was asked for. */
    public final void bind(float share, int[] classes, int first, int count) {
        if (count < 1 || count > labels.length) {
            throw new IndexOutOfBoundsException(count + " examples were asked for, there is room for " + labels.length);
        }
        if (!(share >= 0 && share <= 1) || share > 0 && margins == 0) {
            throw new IllegalArgumentException("the share of linear bounds must lie in [0, 1]"
                    + (margins == 0 ? " and be 0 in buffers made without them" : "") + ", got " + share);
        }
        Checks.labels(classes, first, count, architecture.classes());
        System.arraycopy(classes, first, labels, 0, count);
        examples = count;
        linearShare = share;
    }

    /** The other class of an example's margin: the classes in order, the label left out. */
    public static int other(int margin, int label) {
        return margin < label ? margin : margin + 1;
    }

    /** Panel of an example's centre. */
    public final int centre(int panel) {
        return panels() + panel;
    }

    /** Panel of the coefficients of a margin. */
    public final int coefficients(int margin, int panel) {
        return (2 + margin) * panels() + panel;
    }
}
