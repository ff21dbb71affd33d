package org.espalier.engine.ops;

import java.util.Objects;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Checks;
import org.espalier.engine.EngineOps;
import org.espalier.engine.kernel.CrossEntropy;
import org.espalier.engine.kernel.Kernels;
import org.espalier.random.Stream;

/** {@link EngineOps} by a set of kernels, in vector registers where these use them; all kernels give the same bits. */
public final class PanelOps implements EngineOps {
    /** With the kernels of this process. */
    public static final PanelOps CHOSEN = new PanelOps(KernelChoice.chosen());

    private final Kernels kernels;

    public PanelOps(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void uniformNoise(
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

    @Override
    public void uniformNoise(
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

    private void noise(
            Stream stream,
            int[] examples,
            int first,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels out,
            int outPanel,
            int[] features,
            float epsilon) {
        kernels.uniformNoise(
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

    @Override
    public boolean crossEntropyGradient(
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
            finite &= kernels.crossEntropyGradient(
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

    @Override
    public void crossEntropy(
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

    @Override
    public double crossEntropy(ActivationPanels logits, int example, int label, float smoothing) {
        Objects.checkIndex(example, logits.panels() * ActivationPanels.LANES);
        Objects.checkIndex(label, logits.features());
        return CrossEntropy.loss(
                logits.memory(),
                logits.row(example / ActivationPanels.LANES, 0) + example % ActivationPanels.LANES * 4L,
                logits.features(),
                label,
                smoothing);
    }

    @Override
    public void predictions(ActivationPanels logits, int firstPanel, int examples, int[] classes, int first) {
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

    @Override
    public void loadImages(byte[] images, int[] order, int first, int count, ActivationPanels out, int firstPanel) {
        Checks.range(out, firstPanel, ActivationPanels.panelsFor(count));
        for (int p = 0; p * ActivationPanels.LANES < count; p++) {
            int lanes = Math.min(count - p * ActivationPanels.LANES, ActivationPanels.LANES);
            kernels.loadImages(images, order, first + p * ActivationPanels.LANES, lanes, out, firstPanel + p);
        }
    }

    @Override
    public void loadImages(float[] images, int[] order, int first, int count, ActivationPanels out, int firstPanel) {
        int panels = ActivationPanels.panelsFor(count);
        Checks.range(out, firstPanel, panels);
        int features = out.features();
        for (int feature = 0; feature < features; feature++) {
            for (int example = 0; example < panels * ActivationPanels.LANES; example++) {
                float value = example < count ? images[order[first + example] * features + feature] : 0f;
                out.set(feature, firstPanel * ActivationPanels.LANES + example, value);
            }
        }
    }
}
