package org.espalier.engine;

import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * Runs one network: forward passes, gradients and updates. A narrow door; losses, attacks and pruning live
 * outside it and work with any engine. Not safe for use by several threads at once: give each trial its own.
 *
 * <p>Pruned weights take no part: they are exactly zero, get no gradient, and no update or moment revives them.
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
     * Inputs from which a path of surviving weights leads to a logit, ascending. The others change nothing and have
     * a zero gradient. Not to be written to.
     */
    int[] liveInputs();

    /** Buffers for up to {@code examples} examples at once. */
    default ActivationBuffers newPass(int examples) {
        return new ActivationBuffers(architecture(), examples);
    }

    /** Computes the logits of panels {@code firstPanel} to {@code firstPanel + panels - 1} from their inputs. */
    void forward(ActivationBuffers pass, int firstPanel, int panels);

    /**
     * Gradient with respect to the inputs, from {@link ActivationBuffers#logitGradient} and the last {@link #forward} over
     * these panels, handed to {@code sink} as it is made.
     */
    void inputGradient(ActivationBuffers pass, int firstPanel, int panels, InputGradientSink sink);

    /**
     * Gradient with respect to surviving weights and biases, summed over the panels' examples, from
     * {@link ActivationBuffers#logitGradient} and the last {@link #forward} over these panels. Replaces the gradient held.
     */
    void weightGradient(ActivationBuffers pass, int firstPanel, int panels);

    /**
     * Buffers for bounds of up to {@code examples} examples at once.
     *
     * @param linear whether {@link #boundMargins} may be asked for a share of linear bounds
     * @throws IllegalArgumentException if the network has fewer than 2 classes
     */
    default BoundBuffers newBoundPass(int examples, boolean linear) {
        return new BoundBuffers(architecture(), examples, linear);
    }

    /**
     * Bounds, over all inputs within {@code epsilon} of each example (L-infinity) and within [0, 1], what every other class's
     * logit leads the label's by: {@link BoundBuffers#marginBounds}. In floating point and without directed rounding, for training; a
     * certificate is made by {@code org.espalier.evaluate.certify}.
     *
     * <p>The bound is {@code linearShare} x CROWN-IBP's + (1 - {@code linearShare}) x interval bound propagation's. Intervals
     * go through the layers as centre and radius, {@code c = W m + b, d = |W| r}, and the last layer is taken together with
     * the difference of two logits (Gowal et al., "On the effectiveness of interval bound propagation for training verifiably
     * robust models", 2018, section 3). CROWN-IBP carries each difference back to the input through a linear bound of each
     * ReLU between the interval bounds, with the lower slope 0 or 1, whichever leaves the smaller triangle (Zhang et al.,
     * "Towards stable and efficient training of verifiably robust neural networks", 2020, section 3).
     *
     * @param pass its natural input filled, padding included, as {@code Elementwise.loadImages} does
     * @param epsilon at least 0
     * @param linearShare in [0, 1]; 0 for a pass made without linear bounds
     * @param labels class of each example, from {@code firstLabel} on
     */
    void boundMargins(BoundBuffers pass, float epsilon, float linearShare, int[] labels, int firstLabel, int examples);

    /**
     * Gradient with respect to surviving weights and biases, summed over the examples, from {@link BoundBuffers#marginBoundGradients} and
     * the last {@link #boundMargins}, and, if {@code natural}, from the logits' gradient and the last {@link #forward} of the
     * examples' own panels. Replaces the gradient held.
     *
     * <p>The linear bounds' slopes u / (u - l) and constants are differentiated through, as is the hidden bounds' part in them;
     * which lower slope was chosen, and which corner of the box is worst, is taken as fixed. Both as in Zhang et al.'s code.
     */
    void weightGradient(BoundBuffers pass, boolean natural);

    /** A copy of the gradient held; zero where pruned. */
    Weights gradient();

    /** One optimizer update with the gradient held. */
    void update(Update update);

    /** A copy of an optimizer moment: 0 = first (Adam's m, or velocity), 1 = second (Adam's v); zero where pruned. */
    Weights moment(int order);

    /** Replaces both optimizer moments, as a checkpoint kept them; values at pruned weights are ignored. */
    void loadMoments(Weights first, Weights second);
}
