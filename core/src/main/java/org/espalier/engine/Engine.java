package org.espalier.engine;

import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * Runs one network: forward passes, gradients and updates. A narrow door; losses, attacks and pruning live
 * outside it and work with any engine. Not safe for use by several threads at once: give each trial its own.
 *
 * <p>Pruned weights are exactly zero, get no gradient, and no update or moment revives them.
 */
public interface Engine {
    Architecture architecture();

    /**
     * Takes weights and mask, zeroes pruned weights and clears gradients and moments.
     *
     * @throws IllegalArgumentException if either is of another architecture
     */
    void load(Weights weights, Mask mask);

    /** A copy of the present weights; pruned ones are +0. */
    Weights weights();

    Mask mask();

    /**
     * Changes the mask and keeps optimizer moments. Weights that the new mask prunes become zero, their moments too. Weights
     * that it revives start at zero with zero moments. Biases and their moments stay. The gradient held becomes zero.
     *
     * @throws IllegalArgumentException if the mask is of another architecture
     */
    default void setMask(Mask mask) {
        Weights weights = weights();
        Weights first = moment(0);
        Weights second = moment(1);
        load(weights, mask);
        loadMoments(first, second);
    }

    /**
     * Inputs from which a path of surviving weights leads to a logit, ascending. The others change nothing and have
     * a zero gradient. Not to be written to.
     */
    int[] liveInputs();

    /** Buffers for up to {@code examples} examples at once. */
    ActivationBuffers newBuffers(int examples);

    /** The arithmetic of losses and attacks on this engine's buffers. */
    EngineOps ops();

    /**
     * Computes the logits of panels {@code firstPanel} to {@code firstPanel + panels - 1} from their inputs. Today's
     * operations compute the same in both modes.
     */
    void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode);

    /** The same in {@link Mode#EVALUATION}. */
    default void forward(ActivationBuffers buffers, int firstPanel, int panels) {
        forward(buffers, firstPanel, panels, Mode.EVALUATION);
    }

    /**
     * Makes an attack's step along the gradient with respect to the inputs, from {@link ActivationBuffers#logitGradient} and
     * the last {@link #forward} over panels {@code firstPanel} to {@code firstPanel + panels - 1}. The gradient itself is not
     * kept. Panel {@code i} of these moves panel {@code xPanel + i} of {@code x} near panel {@code cleanPanel + i} of
     * {@code clean}. Inputs that are not {@link #liveInputs live} stay as they are.
     *
     * @param clean in [0, 1] and not -0, as many features as the network has inputs
     * @param x points to move, like {@code clean}; often the buffers' own input
     */
    void perturb(
            ActivationBuffers buffers,
            int firstPanel,
            int panels,
            StepRule rule,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int xPanel);

    /**
     * Computes gradients of the loss from {@link ActivationBuffers#logitGradient} and the last {@link #forward} over these
     * panels. Gradients of weights are summed over the panels' examples and replace the gradient held.
     */
    void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted);

    /** A copy of the gradient held; zero where pruned, except after {@link Gradients#ALL_WEIGHTS}. */
    Weights gradient();

    /**
     * Scales the gradient held to a global L2 norm, if its norm is larger: g = g x norm / |g|. Pascanu, Mikolov and Bengio, "On
     * the difficulty of training recurrent neural networks" (2013), algorithm 1. The norm is that of all surviving weights' and
     * biases' gradients, summed in double, layer by layer: weights in the order of positions of the layer's matrix, then biases.
     * So engines and kernels of the same gradient clip it to the same bits. Penalties of an {@link Update} come later.
     *
     * @param norm above 0
     */
    void clipGradient(float norm);

    /**
     * Copies the present weights, all parameters included, as {@link #weights} does.
     *
     * @param into receives them; +0 where the mask prunes, as a new {@code Weights} is
     */
    default void readWeights(Weights into) {
        into.set(weights());
    }

    /**
     * Copies the gradient held, as {@link #gradient} does after {@link Gradients#WEIGHTS}.
     *
     * @param into receives it; +0 where the mask prunes, as a new {@code Weights} is
     */
    default void readGradient(Weights into) {
        into.set(gradient());
    }

    /**
     * Replaces surviving weights and other trained parameters. Mask, moments, the gradient held and running statistics stay,
     * and values at pruned weights are ignored. Allocates nothing.
     *
     * @throws UnsupportedOperationException if the engine cannot
     */
    default void writeWeights(Weights from) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " does not replace weights in an update");
    }

    /**
     * Replaces the gradient held; values at pruned weights are ignored. Allocates nothing.
     *
     * @throws UnsupportedOperationException if the engine cannot
     */
    default void writeGradient(Weights from) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " does not replace gradients in an update");
    }

    /** One optimizer update with the gradient held. */
    void update(Update update);

    /** A copy of an optimizer moment: 0 = first (Adam's m, or the velocity), 1 = second (Adam's v); zero where pruned. */
    Weights moment(int order);

    /** Replaces both optimizer moments, as a checkpoint kept them; values at pruned weights are ignored. */
    void loadMoments(Weights first, Weights second);
}
