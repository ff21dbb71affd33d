package org.espalier.engine;

import org.espalier.data.Split;
import org.espalier.random.Stream;

/**
 * The arithmetic of losses and attacks on an engine's {@link ActivationPanels}: {@link Engine#ops}. Every engine gives the
 * same bits for noise, images and predictions. May be used by several threads at once on panels of their own.
 */
public interface EngineOps {
    /**
     * Uniform noise in a ball of radius {@code epsilon} (L-infinity) around clean inputs, clipped to [0, 1]:
     * {@code out = clip(clean + epsilon (2u - 1))}.
     *
     * <p>The noise of feature {@code f} of example {@code e} is word {@code f % 2} of the stream's block at
     * counter ({@code e}, {@code f / 2}): it does not depend on how examples are grouped. Features not listed are
     * left as they are.
     *
     * @param firstExample counter of the first panel's lane 0, usually its index in the batch or data set
     * @param clean in [0, 1] and not -0
     * @param features features to write, ascending
     */
    void uniformNoise(
            Stream stream,
            int firstExample,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int panels,
            int[] features,
            float epsilon);

    /**
     * The same for one panel of any examples: that of lane {@code i} is {@code examples[first + i]}, for all 64 lanes.
     *
     * @param examples counter of each lane's example
     */
    void uniformNoise(
            Stream stream,
            int[] examples,
            int first,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int[] features,
            float epsilon);

    /**
     * Gradient of the (label-smoothed) softmax cross-entropy, times {@code scale}, with respect to the logits:
     * {@code scale (softmax(z) - t)}, t = (1 - smoothing) onehot(label) + smoothing / classes. Padding lanes get zero.
     *
     * <p>The true class's entry is computed as minus the sum of the other probabilities, so that it does not round
     * to zero before they do.
     *
     * @param labels class of each example
     * @param firstLabel index in {@code labels} of lane 0 of the first panel
     * @param examples examples in these panels
     * @return whether all logits were finite
     */
    boolean crossEntropyGradient(
            ActivationPanels logits,
            ActivationPanels gradient,
            int firstPanel,
            int panels,
            int[] labels,
            int firstLabel,
            int examples,
            float smoothing,
            float scale);

    /**
     * Softmax cross-entropy of each example, natural logarithm.
     *
     * @param losses receives the losses from index {@code firstLoss}; NaN or infinite where the logits are
     */
    void crossEntropy(
            ActivationPanels logits,
            int firstPanel,
            int[] labels,
            int firstLabel,
            int examples,
            float smoothing,
            double[] losses,
            int firstLoss);

    /**
     * The same of one example.
     *
     * @param example counted over all panels
     */
    double crossEntropy(ActivationPanels logits, int example, int label, float smoothing);

    /**
     * Predicted class of each example: the largest logit's, the lowest class on ties.
     *
     * @param classes receives the predictions from index {@code first}
     */
    void predictions(ActivationPanels logits, int firstPanel, int examples, int[] classes, int first);

    /**
     * Loads images into panels: pixel values divided by 255, correctly rounded. Padding lanes become 0.
     *
     * @param images pixels, [image][feature], one unsigned byte each
     * @param order images to take: {@code order[first]} goes to lane 0 of {@code firstPanel}, and so on
     * @param count number of images
     */
    void loadImages(byte[] images, int[] order, int first, int count, ActivationPanels out, int firstPanel);

    /**
     * Loads images that are floats into panels, as they are. Padding lanes become 0.
     *
     * @param images values, [image][feature]
     * @param order images to take: {@code order[first]} goes to lane 0 of {@code firstPanel}, and so on
     * @param count number of images
     */
    void loadImages(float[] images, int[] order, int first, int count, ActivationPanels out, int firstPanel);

    /**
     * Loads images of a split into panels: bytes divided by 255, or floats as they are. Padding lanes become 0.
     *
     * @param order images to take: {@code order[first]} goes to lane 0 of {@code firstPanel}, and so on
     * @param count number of images
     */
    default void loadImages(Split split, int[] order, int first, int count, ActivationPanels out, int firstPanel) {
        if (split.isFloat()) {
            loadImages(split.floats(), order, first, count, out, firstPanel);
        } else {
            loadImages(split.images(), order, first, count, out, firstPanel);
        }
    }
}
