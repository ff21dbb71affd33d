package org.espalier.engine;

import org.espalier.network.Architecture;

/**
 * The buffers of {@link Engine#worstCase}: the images as they are, the box around each as centre and radius, what the
 * layers make of both, linear bounds of the margins, and gradients on the way back.
 *
 * <p>Made once by {@link Engine#newBoundPass} and used for every step, so that steps allocate nothing. All that the layers'
 * weights are multiplied with stands in one {@link Pass}, so that one sum over its panels is the gradient: P panels of
 * images, P of centres, and P for each linear bound, P being what the examples at hand need.
 */
public final class BoundPass {
    private final Architecture architecture;
    private final Pass pass;
    /** Margins bounded linearly per example: the other classes, or none. */
    public final int margins;

    public final Panels[] radius; // (layer): half the width of what enters it
    public final Panels[] radiusGradient; // (hidden layer): gradient of half the width of what leaves it, before ReLU
    public final Panels[] lower; // (hidden layer): bounds of what leaves it, before ReLU
    public final Panels[] upper; // (hidden layer)
    public final Panels[] lowerGradient; // (hidden layer): what linear bounds add to the bounds' gradients
    public final Panels[] upperGradient; // (hidden layer)
    /** Radii of the differences of two logits, and their gradients: [panel][pair][lane]. */
    public final Panels pairRadius;

    public final Panels pairGradient;
    /** Linear bounds, [panel][margin][lane], and their gradients, [margin x panel][lane]. */
    public final Panels linear;

    public final Panels linearGradient;
    /** One panel of what a layer makes of coefficients on their way back. */
    public final Panels product;

    private final Panels worst;
    private final Panels worstGradient;
    public final int[] labels;
    public int examples;
    public float linearShare;

    BoundPass(Architecture architecture, int examples, boolean linear) {
        if (architecture.classes() < 2) {
            throw new IllegalArgumentException("margins need at least 2 classes, a network " + architecture + " has 1");
        }
        this.architecture = architecture;
        margins = linear ? architecture.classes() - 1 : 0;
        int panels = Panels.panelsFor(examples);
        int lanes = panels * Panels.LANES;
        pass = new Pass(architecture, (2 + margins) * lanes);
        int layers = architecture.layers();
        radius = new Panels[layers];
        radiusGradient = new Panels[layers - 1];
        lower = new Panels[layers - 1];
        upper = new Panels[layers - 1];
        lowerGradient = new Panels[linear ? layers - 1 : 0];
        upperGradient = new Panels[linear ? layers - 1 : 0];
        int widest = 1;
        for (int layer = 0; layer < layers; layer++) {
            radius[layer] = new Panels(architecture.inputs(layer), lanes);
            if (layer < layers - 1) {
                int outputs = architecture.outputs(layer);
                widest = Math.max(widest, outputs);
                radiusGradient[layer] = new Panels(outputs, lanes);
                lower[layer] = new Panels(outputs, lanes);
                upper[layer] = new Panels(outputs, lanes);
                if (linear) {
                    lowerGradient[layer] = new Panels(outputs, lanes);
                    upperGradient[layer] = new Panels(outputs, lanes);
                }
            }
        }
        int classes = architecture.classes();
        pairRadius = new Panels(classes * (classes - 1) / 2, lanes);
        pairGradient = new Panels(classes * (classes - 1) / 2, lanes);
        this.linear = new Panels(Math.max(1, margins), lanes);
        linearGradient = new Panels(1, Math.max(1, margins) * lanes);
        product = new Panels(widest, 1);
        worst = new Panels(classes, lanes);
        worstGradient = new Panels(classes, lanes);
        labels = new int[lanes];
    }

    /**
     * The pass of the images themselves, in its first panels: the caller fills its input, may ask the engine for their
     * logits, and fills the logits' gradient. The panels after those belong to the engine.
     */
    public Pass natural() {
        return pass;
    }

    /**
     * The worst case of each class, [panel][class][lane]: an upper bound of its logit less the label's, 0 for the label
     * itself; filled by {@link Engine#worstCase}.
     */
    public Panels worst() {
        return worst;
    }

    /** Gradient of the loss with respect to {@link #worst}; the caller's to fill, zero in padding lanes. */
    public Panels worstGradient() {
        return worstGradient;
    }

    public Architecture architecture() {
        return architecture;
    }

    /** Panels that the examples at hand take. */
    public int panels() {
        return Panels.panelsFor(examples);
    }

    /** Takes what {@link Engine#worstCase} was asked for. */
    public void take(float share, int[] classes, int first, int count) {
        if (count < 1 || count > labels.length) {
            throw new IndexOutOfBoundsException(count + " examples were asked for, there is room for " + labels.length);
        }
        if (!(share >= 0 && share <= 1) || share > 0 && margins == 0) {
            throw new IllegalArgumentException("the share of linear bounds must lie in [0, 1]"
                    + (margins == 0 ? " and be 0 in a pass made without them" : "") + ", got " + share);
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
