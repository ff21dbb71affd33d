package org.espalier.prune.criterion;

import java.util.Arrays;

/** Gradients of the cross-entropy by the logits, in float64. */
final class Slopes {
    private Slopes() {}

    /**
     * The gradient of one example's cross-entropy of softmax(logits / temperature) by its logits.
     *
     * @param logits (class)
     * @param images that the loss is the mean over
     * @return (class)
     */
    static double[] of(double[] logits, int label, double temperature, int images) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double[] slopes = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < slopes.length; c++) {
            slopes[c] = StrictMath.exp((logits[c] - most) / temperature);
            sum += slopes[c];
        }
        for (int c = 0; c < slopes.length; c++) {
            slopes[c] = (slopes[c] / sum - (c == label ? 1 : 0)) / (temperature * images);
        }
        return slopes;
    }
}
