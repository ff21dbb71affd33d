package org.espalier.engine.vector;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.PanelBoundBuffers;
import org.espalier.engine.PanelBuffers;
import org.espalier.engine.kernel.BoundKernels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.ClassMargins;
import org.espalier.engine.layer.ClassPairs;
import org.espalier.engine.layer.CompactLayer;
import org.espalier.engine.layer.LayerMatmul;
import org.jspecify.annotations.Nullable;

/**
 * {@link BoundEngine#boundMargins} and its gradient in float32: the products are the engine's own, with weights or their absolute
 * values, dense or over surviving weights, so that the cost falls with the density and the bits are the same everywhere.
 *
 * <p>Gradients of a product with absolute values reach the weights by their sign. A linear bound of a margin is a panel of
 * coefficients on its way back: its gradient goes forward again, through the layers' own products, and the sum over lanes of
 * coefficients times gradient is a weight's gradient like any other.
 */
public final class VectorBoundMargins {
    private final Kernels kernels;
    private final BoundKernels bounds;
    private final LayerMatmul products;
    private final CompactLayer[] layers;
    private final float @Nullable [][] biases; // (layer, output), or null for a network without
    private final ClassPairs pairs;
    private final int last;

    VectorBoundMargins(Kernels kernels, LayerMatmul products, CompactLayer[] layers, float @Nullable [][] biases) {
        this.kernels = kernels;
        this.products = products;
        this.layers = layers;
        this.biases = biases;
        bounds = kernels.bounds();
        last = layers.length - 1;
        pairs = new ClassPairs(layers[last]);
    }

    private float @Nullable [] biases(int layer) {
        return biases == null ? null : biases[layer];
    }

    /** Fills {@link PanelBoundBuffers#marginBounds}. */
    void run(PanelBoundBuffers buffers, float epsilon) {
        pairs.refill();
        for (int panel = 0; panel < buffers.panels(); panel++) {
            ActivationPanels input = buffers.natural().entering(0);
            bounds.box(
                    input,
                    panel,
                    input,
                    buffers.centre(panel),
                    buffers.radius[0],
                    panel,
                    layers[0].liveInputs,
                    epsilon);
            intervals(buffers, panel);
            if (buffers.linearShare > 0) {
                for (int margin = 0; margin < buffers.margins; margin++) {
                    linear(buffers, margin, panel);
                }
            }
            ClassMargins.mix(buffers, buffers.natural().leaving(last), panel);
        }
    }

    private void intervals(PanelBoundBuffers buffers, int panel) {
        PanelBuffers main = buffers.natural();
        int centre = buffers.centre(panel);
        for (int layer = 0; layer < last; layer++) {
            // The gradients' rows hold what is before the ReLU until the gradients themselves are made.
            ActivationPanels c = main.gradient(layer);
            ActivationPanels d = buffers.radiusGradient[layer];
            products.forward(
                    layers[layer], false, biases(layer), main.entering(layer), centre, c, centre, Epilogue.LINEAR);
            products.forward(layers[layer], true, null, buffers.radius[layer], panel, d, panel, Epilogue.LINEAR);
            bounds.interval(
                    c,
                    centre,
                    d,
                    panel,
                    buffers.lower[layer],
                    buffers.upper[layer],
                    panel,
                    main.entering(layer + 1),
                    centre,
                    buffers.radius[layer + 1],
                    panel);
        }
        products.forward(
                layers[last],
                false,
                biases(last),
                main.entering(last),
                centre,
                main.leaving(last),
                centre,
                Epilogue.LINEAR);
        pairs.forward(kernels, buffers.radius[last], buffers.pairRadius, panel);
    }

    /** Carries one margin's coefficients back to the inputs, each example's own. */
    private void linear(PanelBoundBuffers buffers, int margin, int panel) {
        PanelBuffers main = buffers.natural();
        int at = buffers.coefficients(margin, panel);
        ClassMargins.difference(buffers, main.gradient(last), at, margin, panel, biases(last));
        for (int layer = last; layer > 0; layer--) {
            products.backward(layers[layer], false, main.gradient(layer), at, main.entering(layer), at);
            if (biases != null) {
                // Biases' gradients are summed from all rows, including those of units that no live weight reads.
                LayerMatmul.clear(main.gradient(layer - 1), at);
            }
            bounds.relax(
                    main.entering(layer),
                    main.gradient(layer - 1),
                    at,
                    buffers.lower[layer - 1],
                    buffers.upper[layer - 1],
                    panel,
                    layers[layer].liveInputs,
                    biases(layer - 1),
                    buffers.linear,
                    margin);
        }
        products.backward(layers[0], false, main.gradient(0), at, main.entering(0), at);
        bounds.least(
                main.entering(0),
                at,
                main.entering(0),
                buffers.centre(panel),
                buffers.radius[0],
                panel,
                layers[0].liveInputs,
                buffers.linear,
                margin);
    }

    /** Makes the weights' and biases' gradients; the natural examples' deltas are there already if they count. */
    void gradient(PanelBoundBuffers buffers, boolean natural, GradientScratch scratch, float[][] biasGradients) {
        PanelBuffers main = buffers.natural();
        int panels = buffers.panels();
        boolean linear = buffers.linearShare > 0;
        for (int panel = 0; panel < panels; panel++) {
            ClassMargins.spread(buffers, buffers.natural().gradient(last), panel);
            if (linear) {
                for (int layer = 0; layer < last; layer++) {
                    LayerMatmul.clear(buffers.lowerGradient[layer], panel);
                    LayerMatmul.clear(buffers.upperGradient[layer], panel);
                }
                for (int margin = 0; margin < buffers.margins; margin++) {
                    linearGradient(buffers, margin, panel);
                }
            }
            intervalGradient(buffers, panel, linear);
        }
        int first = natural ? 0 : panels;
        int count = (2 + (linear ? buffers.margins : 0)) * panels - first;
        for (int layer = 0; layer <= last; layer++) {
            CompactLayer weights = layers[layer];
            products.gradient(
                    weights, main.gradient(layer), main.entering(layer), first, count, weights.gradients, scratch);
            if (layer < last) {
                float[] radii = weights.radiusGradients();
                products.gradient(
                        weights, buffers.radiusGradient[layer], buffers.radius[layer], 0, panels, radii, scratch);
                bounds.addSigned(weights.gradients, radii, weights.values, weights.gradients.length);
            } else {
                pairs.addGradients(kernels, buffers.pairGradient, buffers.radius[last], panels, scratch);
            }
            weights.clearOthersGradients();
            for (int o = 0; biases != null && o < weights.outputs; o++) {
                biasGradients[layer][o] = biasGradient(buffers, layer, o, first, linear);
            }
        }
    }

    private float biasGradient(PanelBoundBuffers buffers, int layer, int output, int first, boolean linear) {
        ActivationPanels delta = buffers.natural().gradient(layer);
        int panels = buffers.panels();
        long stride = delta.features() * ActivationPanels.ROW_BYTES;
        float sum = FixedOrderSum.sum(delta.memory(), delta.row(first, output), stride, 2 * panels - first);
        if (linear) {
            sum += FixedOrderSum.dot(
                    delta.memory(),
                    delta.row(2 * panels, output),
                    stride,
                    buffers.linearGradient.memory(),
                    0,
                    ActivationPanels.ROW_BYTES,
                    buffers.margins * panels);
        }
        return sum;
    }

    /** One margin's linear bound: its coefficients become their gradients, from the inputs up. */
    private void linearGradient(PanelBoundBuffers buffers, int margin, int panel) {
        PanelBuffers main = buffers.natural();
        int at = buffers.coefficients(margin, panel);
        int scale = margin * buffers.panels() + panel;
        bounds.leastGradient(
                main.entering(0),
                at,
                main.entering(0),
                buffers.centre(panel),
                buffers.radius[0],
                panel,
                layers[0].liveInputs,
                buffers.linearGradient,
                scale);
        for (int layer = 0; layer < last; layer++) {
            products.forward(layers[layer], false, null, main.entering(layer), at, buffers.product, 0, Epilogue.LINEAR);
            bounds.relaxGradient(
                    buffers.product,
                    main.entering(layer + 1),
                    main.gradient(layer),
                    at,
                    buffers.lower[layer],
                    buffers.upper[layer],
                    buffers.lowerGradient[layer],
                    buffers.upperGradient[layer],
                    panel,
                    layers[layer + 1].liveInputs,
                    biases(layer),
                    buffers.linearGradient,
                    scale);
        }
    }

    private void intervalGradient(PanelBoundBuffers buffers, int panel, boolean linear) {
        PanelBuffers main = buffers.natural();
        int centre = buffers.centre(panel);
        for (int layer = last; layer > 0; layer--) {
            ActivationPanels c = main.gradient(layer - 1);
            ActivationPanels d = buffers.radiusGradient[layer - 1];
            LayerMatmul.clear(c, centre); // units that no live weight reads
            LayerMatmul.clear(d, panel);
            products.backward(layers[layer], false, main.gradient(layer), centre, c, centre);
            if (layer < last) {
                products.backward(layers[layer], true, buffers.radiusGradient[layer], panel, d, panel);
            } else {
                pairs.backward(kernels, buffers.pairGradient, panel, d, panel);
            }
            bounds.intervalGradient(
                    c,
                    centre,
                    d,
                    buffers.lower[layer - 1],
                    buffers.upper[layer - 1],
                    panel,
                    linear ? buffers.lowerGradient[layer - 1] : null,
                    linear ? buffers.upperGradient[layer - 1] : null);
        }
    }
}
