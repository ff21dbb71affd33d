package org.espalier.engine;

import org.espalier.network.Architecture;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of the engines that keep activations as {@link ActivationPanels}: those of {@link ActivationBuffers}, and each
 * layer's outputs and gradients.
 */
public final class PanelBuffers implements ActivationBuffers {
    private final Architecture architecture;
    private final ActivationPanels[] activations; // (layer boundary): 0 inputs, then each layer's outputs, last logits
    private final ActivationPanels[]
            gradients; // (layer): gradient of the loss with respect to that layer's outputs before ReLU

    private @Nullable ActivationPanels inputGradient;
    private final DropoutPasses dropouts;

    public PanelBuffers(Architecture architecture, int examples) {
        this.architecture = architecture;
        activations = new ActivationPanels[architecture.layers() + 1];
        gradients = new ActivationPanels[architecture.layers()];
        activations[0] = new ActivationPanels(architecture.inputs(), examples);
        dropouts = new DropoutPasses(activations[0].panels());
        for (int layer = 0; layer < architecture.layers(); layer++) {
            activations[layer + 1] = new ActivationPanels(architecture.outputs(layer), examples);
            gradients[layer] = new ActivationPanels(architecture.outputs(layer), examples);
        }
    }

    /**
     * Buffers as panels.
     *
     * @throws IllegalArgumentException if another kind of engine made them
     */
    public static PanelBuffers of(ActivationBuffers buffers) {
        if (buffers instanceof PanelBuffers panels) {
            return panels;
        }
        throw new IllegalArgumentException("the engine works on buffers that it made itself, got "
                + buffers.getClass().getSimpleName());
    }

    @Override
    public ActivationPanels input() {
        return activations[0];
    }

    @Override
    public ActivationPanels logits() {
        return activations[activations.length - 1];
    }

    @Override
    public ActivationPanels logitGradient() {
        return gradients[gradients.length - 1];
    }

    @Override
    public ActivationPanels inputGradient() {
        ActivationPanels made = inputGradient;
        if (made == null) {
            made = new ActivationPanels(input().features(), panels() * ActivationPanels.LANES);
            inputGradient = made;
        }
        return made;
    }

    @Override
    public void dropout(Dropout dropout) {
        dropouts.set(dropout);
    }

    /** What passes over these buffers drop. */
    public DropoutPasses dropouts() {
        return dropouts;
    }

    @Override
    public int panels() {
        return activations[0].panels();
    }

    @Override
    public Architecture architecture() {
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
