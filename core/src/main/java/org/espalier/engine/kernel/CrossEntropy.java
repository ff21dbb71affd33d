package org.espalier.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.math.PortableMath;

/** Losses and predictions read from one panel of logits; scalar, for they are needed once per example. */
public final class CrossEntropy {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private CrossEntropy() {}

    /** Softmax cross-entropy per lane: log sum exp(z - m) + m - sum t z, in double from float32 logits. */
    public static void losses(
            MemorySegment logits,
            long offset,
            int classes,
            int[] labels,
            int firstLabel,
            int lanes,
            float smoothing,
            double[] losses,
            int firstLoss) {
        for (int lane = 0; lane < lanes; lane++) {
            losses[firstLoss + lane] = loss(logits, offset + lane * 4L, classes, labels[firstLabel + lane], smoothing);
        }
    }

    /** The same of one lane, whose first logit is at the offset. */
    public static double loss(MemorySegment logits, long offset, int classes, int label, float smoothing) {
        float max = logits.get(FLOAT, offset);
        for (int c = 1; c < classes; c++) {
            max = Math.max(max, logits.get(FLOAT, offset + c * ActivationPanels.ROW_BYTES));
        }
        double sum = 0;
        double all = 0;
        for (int c = 0; c < classes; c++) {
            float z = logits.get(FLOAT, offset + c * ActivationPanels.ROW_BYTES) - max;
            sum += PortableMath.exp(z);
            all += z;
        }
        float own = logits.get(FLOAT, offset + label * ActivationPanels.ROW_BYTES) - max;
        double target = smoothing == 0 ? own : (1.0 - smoothing) * own + smoothing * (all / classes);
        return StrictMath.log(sum) - target;
    }

    public static void predictions(
            MemorySegment logits, long offset, int classes, int lanes, int[] predicted, int first) {
        for (int lane = 0; lane < lanes; lane++) {
            int best = 0;
            float max = logits.get(FLOAT, offset + lane * 4L);
            for (int c = 1; c < classes; c++) {
                float z = logits.get(FLOAT, offset + c * ActivationPanels.ROW_BYTES + lane * 4L);
                if (z > max) {
                    max = z;
                    best = c;
                }
            }
            predicted[first + lane] = best;
        }
    }
}
