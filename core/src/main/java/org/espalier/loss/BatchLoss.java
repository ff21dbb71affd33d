package org.espalier.loss;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.EngineOps;
import org.jspecify.annotations.Nullable;

/**
 * Losses over the batch in an engine's buffers, and their gradients in {@link ActivationBuffers#logitGradient}. The examples' logits stand
 * in panels {@code first ..}, the reference's in panels {@code reference ..} of the same buffers. Owns its buffers: calls
 * allocate nothing. Not for use by several threads at once.
 */
public final class BatchLoss {
    private final EngineOps ops;
    private final ActivationBuffers buffers;
    private final float[] logits; // (class)
    private final float[] referenceLogits; // (class)
    private final double[] gradient; // (class)
    private final double[] referenceGradient; // (class)

    /**
     * A batch's losses on an engine.
     *
     * @param ops of the engine whose buffers {@code buffers} are: {@code engine.ops()}
     */
    public BatchLoss(EngineOps ops, ActivationBuffers buffers) {
        this.ops = ops;
        this.buffers = buffers;
        int classes = buffers.logits().features();
        logits = new float[classes];
        referenceLogits = new float[classes];
        gradient = new double[classes];
        referenceGradient = new double[classes];
    }

    /**
     * Replaces the gradient of some panels by that of {@code scale * sum over e of weights[e] * loss(e)}; padding lanes get
     * zero. The gradient by the reference is not kept.
     *
     * @param reference first panel of the reference; {@code first} where there is none
     * @param labels class of each example, that of lane 0 of panel {@code first} at {@code firstLabel}
     * @param weights (example) finite; null for 1 each
     * @return whether all logits were finite
     */
    public boolean set(
            Loss loss,
            int first,
            int reference,
            int panels,
            int[] labels,
            int firstLabel,
            int examples,
            double scale,
            float @Nullable [] weights) {
        if (weights == null && loss instanceof CrossEntropy crossEntropy) {
            return ops.crossEntropyGradient(
                    buffers.logits(),
                    buffers.logitGradient(),
                    first,
                    panels,
                    labels,
                    firstLabel,
                    examples,
                    crossEntropy.smoothing(),
                    (float) scale);
        }
        clear(first, panels);
        return add(loss, first, reference, labels, firstLabel, examples, scale, weights, false);
    }

    /** Sets the gradient of whole panels to zero. */
    public void clear(int first, int panels) {
        ActivationPanels out = buffers.logitGradient();
        for (int c = 0; c < out.features(); c++) {
            for (int lane = first * ActivationPanels.LANES; lane < (first + panels) * ActivationPanels.LANES; lane++) {
                out.set(c, lane, 0);
            }
        }
    }

    /**
     * Adds that gradient to what the panels hold.
     *
     * @param throughReference whether the derivative by the reference's logits is added to the reference's panels
     * @return whether all losses were finite
     */
    public boolean add(
            Loss loss,
            int first,
            int reference,
            int[] labels,
            int firstLabel,
            int examples,
            double scale,
            float @Nullable [] weights,
            boolean throughReference) {
        boolean finite = true;
        for (int e = 0; e < examples; e++) {
            int lane = first * ActivationPanels.LANES + e;
            int referenceLane = reference * ActivationPanels.LANES + e;
            finite &= Double.isFinite(at(loss, lane, referenceLane, labels[firstLabel + e]));
            double factor = weights == null ? scale : scale * weights[e];
            add(lane, gradient, factor);
            if (throughReference) {
                add(referenceLane, referenceGradient, factor);
            }
        }
        return finite;
    }

    /**
     * The loss of each example.
     *
     * @param losses receives the losses from index 0; NaN or infinite where the logits are
     */
    public void values(
            Loss loss, int first, int reference, int[] labels, int firstLabel, int examples, double[] losses) {
        if (loss instanceof CrossEntropy crossEntropy) {
            ops.crossEntropy(
                    buffers.logits(), first, labels, firstLabel, examples, crossEntropy.smoothing(), losses, 0);
            return;
        }
        for (int e = 0; e < examples; e++) {
            losses[e] = at(
                    loss,
                    first * ActivationPanels.LANES + e,
                    reference * ActivationPanels.LANES + e,
                    labels[firstLabel + e]);
        }
    }

    private double at(Loss loss, int lane, int referenceLane, int label) {
        ActivationPanels in = buffers.logits();
        for (int c = 0; c < logits.length; c++) {
            logits[c] = in.get(c, lane);
            referenceLogits[c] = in.get(c, referenceLane);
            gradient[c] = 0;
            referenceGradient[c] = 0;
        }
        return loss.at(logits, label, referenceLogits, gradient, referenceGradient);
    }

    private void add(int lane, double[] derivative, double factor) {
        ActivationPanels out = buffers.logitGradient();
        for (int c = 0; c < derivative.length; c++) {
            out.set(c, lane, (float) (out.get(c, lane) + factor * derivative[c]));
        }
    }
}
