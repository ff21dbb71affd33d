package org.espalier.engine;

import org.espalier.network.Architecture;

/**
 * Bound buffers of the engines of fully connected networks.
 *
 * <p>All that the layers' weights are multiplied with stands in one {@link PanelBuffers}, so that one sum over its panels is the
 * gradient: P panels of images, P of centres, and P for each linear bound, P being what the examples at hand need.
 */
public final class PanelBoundBuffers extends BoundBuffers {
    private final PanelBuffers buffers;

    public final ActivationPanels[] radius; // (layer): half the width of what enters it
    public final ActivationPanels[]
            radiusGradient; // (hidden layer): gradient of half the width of what leaves it, before ReLU
    public final ActivationPanels[] lower; // (hidden layer): bounds of what leaves it, before ReLU
    public final ActivationPanels[] upper; // (hidden layer)
    public final ActivationPanels[] lowerGradient; // (hidden layer): what linear bounds add to the bounds' gradients
    public final ActivationPanels[] upperGradient; // (hidden layer)
    /** One panel of what a layer makes of coefficients on their way back. */
    public final ActivationPanels product;

    /**
     * Buffers of a fully connected network.
     *
     * @throws IllegalArgumentException if the network has fewer than 2 classes
     */
    public PanelBoundBuffers(Architecture architecture, int examples, boolean linear) {
        super(architecture, examples, linear);
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
        product = new ActivationPanels(widest, 1);
    }

    /**
     * Buffers as those of fully connected networks.
     *
     * @throws IllegalArgumentException if another kind of engine made them
     */
    public static PanelBoundBuffers of(BoundBuffers buffers) {
        if (buffers instanceof PanelBoundBuffers own) {
            return own;
        }
        throw new IllegalArgumentException("the engine works on buffers that it made itself, got "
                + buffers.getClass().getSimpleName());
    }

    @Override
    public PanelBuffers natural() {
        return buffers;
    }
}
