package org.espalier.engine;

import org.espalier.network.Architecture;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that a batch passes through: inputs, what each layer makes of them, and gradients on the way back.
 *
 * <p>Made once by {@link Engine#newPass} and used for every step, so that steps allocate nothing. The caller
 * fills {@link #input}, asks the engine for {@link #logits}, fills {@link #logitGradient} and asks for gradients.
 */
public final class ActivationBuffers {
    private final Architecture architecture;
    private final ActivationPanels[] activations; // (layer boundary): 0 inputs, then each layer's outputs, last logits
    private final ActivationPanels[]
            gradients; // (layer): gradient of the loss with respect to that layer's outputs before ReLU

    private @Nullable ActivationPanels inputGradient;

    ActivationBuffers(Architecture architecture, int examples) {
        this.architecture = architecture;
        activations = new ActivationPanels[architecture.layers() + 1];
        gradients = new ActivationPanels[architecture.layers()];
        activations[0] = new ActivationPanels(architecture.inputs(), examples);
        for (int layer = 0; layer < architecture.layers(); layer++) {
            activations[layer + 1] = new ActivationPanels(architecture.outputs(layer), examples);
            gradients[layer] = new ActivationPanels(architecture.outputs(layer), examples);
        }
    }

    /** Inputs, [panel][input][lane]; the caller's to fill. */
    public ActivationPanels input() {
        return activations[0];
    }

    /** Logits, [panel][class][lane]; filled by {@link Engine#forward}. */
    public ActivationPanels logits() {
        return activations[activations.length - 1];
    }

    /** Gradient of the loss with respect to the logits; the caller's to fill, zero in padding lanes. */
    public ActivationPanels logitGradient() {
        return gradients[gradients.length - 1];
    }

    /**
     * Gradient of the loss with respect to the inputs, [panel][input][lane]; filled by {@link Engine#backward} where asked
     * for, zero for inputs that are not live. Made when first wanted.
     */
    public ActivationPanels inputGradient() {
        ActivationPanels made = inputGradient;
        if (made == null) {
            made = new ActivationPanels(input().features(), panels() * ActivationPanels.LANES);
            inputGradient = made;
        }
        return made;
    }

    /** Number of panels. */
    public int panels() {
        return activations[0].panels();
    }

    Architecture architecture() {
        return architecture;
    }

    /** What enters a layer: the inputs, or the layer before's outputs after ReLU. */
    public ActivationPanels entering(int layer) {
        return activations[layer];
    }

    /** What leaves a layer: after ReLU, or the logits. */
    public ActivationPanels leaving(int layer) {
        return activations[layer + 1];
    }

    /** Gradient with respect to what leaves a layer, before its ReLU. */
    public ActivationPanels gradient(int layer) {
        return gradients[layer];
    }
}
