package org.espalier.engine;

import org.espalier.network.Architecture;

/**
 * The buffers of {@link BoundEngine#boundMargins}: the images as they are, the box around each as centre and radius, what the
 * layers make of both, linear bounds of the margins, and gradients on the way back.
 *
 * <p>Made once by {@link BoundEngine#newBoundBuffers} and used for every step, so that steps allocate nothing. All that the layers'
 * weights are multiplied with stands in one {@link PanelBuffers}, so that one sum over its panels is the gradient: P panels of
 * images, P of centres, and P for each linear bound, P being what the examples at hand need.
 */
public final class BoundBuffers {
    private final Architecture architecture;
    private final PanelBuffers buffers;
    /** Margins bounded linearly per example: the other classes, or none. */
    public final int margins;

    public final ActivationPanels[] radius; // (layer): half the width of what enters it
    public final ActivationPanels[]
            radiusGradient; // (hidden layer): gradient of half the width of what leaves it, before ReLU
    public final ActivationPanels[] lower; // (hidden layer): bounds of what leaves it, before ReLU
    public final ActivationPanels[] upper; // (hidden layer)
    public final ActivationPanels[] lowerGradient; // (hidden layer): what linear bounds add to the bounds' gradients
    public final ActivationPanels[] upperGradient; // (hidden layer)
    /** Radii of the differences of two logits, and their gradients: [panel][pair][lane]. */
    public final ActivationPanels pairRadius;

    public final ActivationPanels pairGradient;
    /** Linear bounds, [panel][margin][lane], and their gradients, [margin x panel][lane]. */
    public final ActivationPanels linear;

    public final ActivationPanels linearGradient;
    /** One panel of what a layer makes of coefficients on their way back. */
    public final ActivationPanels product;

    private final ActivationPanels worst;
    private final ActivationPanels worstGradient;
    public final int[] labels;
    public int examples;
    public float linearShare;

    BoundBuffers(Architecture architecture, int examples, boolean linear) {
        if (architecture.classes() < 2) {
            throw new IllegalArgumentException("margins need at least 2 classes, a network " + architecture + " has 1");
        }
        this.architecture = architecture;
        margins = linear ? architecture.classes() - 1 : 0;
        int panels = ActivationPanels.panelsFor(examples);
        int lanes = panels * ActivationPanels.LANES;
        buffers = new PanelBuffers(architecture, (2 + margins) * lanes);
        int layers = architecture.layers();
        radius = new ActivationPanels[layers];
        radiusGradient = new ActivationPanels[layers - 1];
        lower = new ActivationPanels[layers - 1];
        upper = new ActivationPanels[layers - 1];
        lowerGradient = new ActivationPanels[linear ? layers - 1 : 0];
        upperGradient = new ActivationPanels[linear ? layers - 1 : 0];
        int widest = 1;
        for (int layer = 0; layer < layers; layer++) {
            radius[layer] = new ActivationPanels(architecture.inputs(layer), lanes);
            if (layer < layers - 1) {
                int outputs = architecture.outputs(layer);
                widest = Math.max(widest, outputs);
                radiusGradient[layer] = new ActivationPanels(outputs, lanes);
                lower[layer] = new ActivationPanels(outputs, lanes);
                upper[layer] = new ActivationPanels(outputs, lanes);
                if (linear) {
                    lowerGradient[layer] = new ActivationPanels(outputs, lanes);
                    upperGradient[layer] = new ActivationPanels(outputs, lanes);
                }
            }
        }
        int classes = architecture.classes();
        pairRadius = new ActivationPanels(classes * (classes - 1) / 2, lanes);
        pairGradient = new ActivationPanels(classes * (classes - 1) / 2, lanes);
        this.linear = new ActivationPanels(Math.max(1, margins), lanes);
        linearGradient = new ActivationPanels(1, Math.max(1, margins) * lanes);
        product = new ActivationPanels(widest, 1);
        worst = new ActivationPanels(classes, lanes);
        worstGradient = new ActivationPanels(classes, lanes);
        labels = new int[lanes];
    }

    /**
     * The buffers of the images themselves, in its first panels: the caller fills its input, may ask the engine for their
     * logits, and fills the logits' gradient. The panels after those belong to the engine.
     */
    public PanelBuffers natural() {
        return buffers;
    }

    /**
     * The worst case of each class, [panel][class][lane]: an upper bound of its logit less the label's, 0 for the label
     * itself; filled by {@link BoundEngine#boundMargins}.
     */
    public ActivationPanels marginBounds() {
        return worst;
    }

    /** Gradient of the loss with respect to {@link #marginBounds}; the caller's to fill, zero in padding lanes. */
    public ActivationPanels marginBoundGradients() {
        return worstGradient;
    }

    public Architecture architecture() {
        return architecture;
    }

    /** ActivationPanels that the examples at hand take. */
    public int panels() {
        return ActivationPanels.panelsFor(examples);
    }

    /** Takes what {@link BoundEngine#boundMargins} was asked for. */
    public void bind(float share, int[] classes, int first, int count) {
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
    public int centre(int panel) {
        return panels() + panel;
    }

    /** Panel of the coefficients of a margin. */
    public int coefficients(int margin, int panel) {
        return (2 + margin) * panels() + panel;
    }
}
