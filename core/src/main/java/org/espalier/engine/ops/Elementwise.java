package org.espalier.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Checks;
import org.espalier.engine.InputGradientSink;
import org.espalier.engine.kernel.CrossEntropy;
import org.espalier.random.Stream;

/**
 * The arithmetic of losses and attacks on {@link ActivationPanels}, in vector registers where the machine has them and
 * with the same bits where it has not.
 */
public final class Elementwise {
    private Elementwise() {}

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
    public static void uniformNoise(
            Stream stream,
            int firstExample,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int panels,
            int[] features,
            float epsilon) {
        Checks.alike(clean, out);
        Checks.range(clean, cleanPanel, panels);
        Checks.range(out, outPanel, panels);
        Checks.features(features, 0, features.length, out);
        int[] examples = out.words;
        for (int p = 0; p < panels; p++) {
            for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
                examples[lane] = firstExample + p * ActivationPanels.LANES + lane;
            }
            noise(stream, examples, 0, clean, cleanPanel + p, out, outPanel + p, features, epsilon);
        }
    }

    /**
     * The same for one panel of any examples: that of lane {@code i} is {@code examples[first + i]}, for all 64 lanes.
     *
     * @param examples counter of each lane's example
     */
    public static void uniformNoise(
            Stream stream,
            int[] examples,
            int first,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int[] features,
            float epsilon) {
        Checks.alike(clean, out);
        Checks.range(clean, cleanPanel, 1);
        Checks.range(out, outPanel, 1);
        Checks.features(features, 0, features.length, out);
        Objects.checkFromIndexSize(first, ActivationPanels.LANES, examples.length);
        noise(stream, examples, first, clean, cleanPanel, out, outPanel, features, epsilon);
    }

    private static void noise(
            Stream stream,
            int[] examples,
            int first,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int[] features,
            float epsilon) {
        KernelChoice.chosen()
                .uniformNoise(
                        stream.key0(),
                        stream.key1(),
                        examples,
                        first,
                        clean.memory(),
                        clean.row(cleanPanel, 0),
                        out.memory(),
                        out.row(outPanel, 0),
                        features,
                        epsilon,
                        out.scratch);
    }

    /**
     * A signed gradient step projected to the ball (L-infinity, radius {@code epsilon} around {@code clean}) and to
     * [0, 1], on the rows that an {@link InputGradientSink} was handed:
     * {@code x = clip(clip(x + step sign(g), clean - epsilon, clean + epsilon), 0, 1)}; the sign of 0 and of NaN is 0.
     *
     * @param clean in [0, 1] and not -0, like x
     * @param epsilon at least 0
     */
    public static void signStep(
            MemorySegment gradient,
            long offset,
            int[] features,
            int first,
            int count,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int panel,
            float step,
            float epsilon) {
        Checks.alike(clean, x);
        Checks.range(clean, cleanPanel, 1);
        Checks.range(x, panel, 1);
        Checks.features(features, first, count, x);
        Objects.checkFromIndexSize(offset, count * ActivationPanels.ROW_BYTES, gradient.byteSize());
        if (!gradient.isNative()) {
            throw new IllegalArgumentException("gradient rows must stand in native memory");
        }
        KernelChoice.chosen()
                .signStep(
                        gradient,
                        offset,
                        features,
                        first,
                        count,
                        clean.memory(),
                        clean.row(cleanPanel, 0),
                        x.memory(),
                        x.row(panel, 0),
                        step,
                        epsilon);
    }

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
    public static boolean crossEntropyGradient(
            ActivationPanels logits,
            ActivationPanels gradient,
            int firstPanel,
            int panels,
            int[] labels,
            int firstLabel,
            int examples,
            float smoothing,
            float scale) {
        Checks.alike(logits, gradient);
        Checks.range(logits, firstPanel, panels);
        Checks.range(gradient, firstPanel, panels);
        Checks.labels(labels, firstLabel, examples, logits.features());
        boolean finite = true;
        for (int p = 0; p < panels; p++) {
            int lanes = Math.clamp(examples - p * ActivationPanels.LANES, 0, ActivationPanels.LANES);
            finite &= KernelChoice.chosen()
                    .crossEntropyGradient(
                            logits.memory(),
                            logits.row(firstPanel + p, 0),
                            gradient.memory(),
                            gradient.row(firstPanel + p, 0),
                            logits.features(),
                            labels,
                            firstLabel + p * ActivationPanels.LANES,
                            lanes,
                            smoothing,
                            scale,
                            gradient.scratch);
        }
        return finite;
    }

    /**
     * Softmax cross-entropy of each example, natural logarithm.
     *
     * @param losses receives the losses from index {@code firstLoss}; NaN or infinite where the logits are
     */
    public static void crossEntropy(
            ActivationPanels logits,
            int firstPanel,
            int[] labels,
            int firstLabel,
            int examples,
            float smoothing,
            double[] losses,
            int firstLoss) {
        Checks.range(logits, firstPanel, ActivationPanels.panelsFor(examples));
        Checks.labels(labels, firstLabel, examples, logits.features());
        for (int p = 0; p * ActivationPanels.LANES < examples; p++) {
            int lanes = Math.min(examples - p * ActivationPanels.LANES, ActivationPanels.LANES);
            CrossEntropy.losses(
                    logits.memory(),
                    logits.row(firstPanel + p, 0),
                    logits.features(),
                    labels,
                    firstLabel + p * ActivationPanels.LANES,
                    lanes,
                    smoothing,
                    losses,
                    firstLoss + p * ActivationPanels.LANES);
        }
    }

    /**
     * The same of one example.
     *
     * @param example counted over all panels
     */
    public static double crossEntropy(ActivationPanels logits, int example, int label, float smoothing) {
        Objects.checkIndex(example, logits.panels() * ActivationPanels.LANES);
        Objects.checkIndex(label, logits.features());
        return CrossEntropy.loss(
                logits.memory(),
                logits.row(example / ActivationPanels.LANES, 0) + example % ActivationPanels.LANES * 4L,
                logits.features(),
                label,
                smoothing);
    }

    /**
     * Predicted class of each example: the largest logit's, the lowest class on ties.
     *
     * @param classes receives the predictions from index {@code first}
     */
    public static void predictions(ActivationPanels logits, int firstPanel, int examples, int[] classes, int first) {
        for (int p = 0; p * ActivationPanels.LANES < examples; p++) {
            int lanes = Math.min(examples - p * ActivationPanels.LANES, ActivationPanels.LANES);
            CrossEntropy.predictions(
                    logits.memory(),
                    logits.row(firstPanel + p, 0),
                    logits.features(),
                    lanes,
                    classes,
                    first + p * ActivationPanels.LANES);
        }
    }

    /**
     * Loads images into panels: pixel values divided by 255, correctly rounded. Padding lanes become 0.
     *
     * @param images pixels, [image][feature], one unsigned byte each
     * @param order images to take: {@code order[first]} goes to lane 0 of {@code firstPanel}, and so on
     * @param count number of images
     */
    public static void loadImages(
            byte[] images, int[] order, int first, int count, ActivationPanels out, int firstPanel) {
        Checks.range(out, firstPanel, ActivationPanels.panelsFor(count));
        for (int p = 0; p * ActivationPanels.LANES < count; p++) {
            int lanes = Math.min(count - p * ActivationPanels.LANES, ActivationPanels.LANES);
            KernelChoice.chosen()
                    .loadImages(images, order, first + p * ActivationPanels.LANES, lanes, out, firstPanel + p);
        }
    }
}
