package org.espalier.loss;

/**
 * {@code 1/2 sum over classes of (p - y)^2} of sigmoid outputs p and the label's indicator y. Each output is a probability of its
 * own; their order is that of the logits.
 *
 * @param smoothing in [0, 1): share of the target spread evenly over all classes
 * @param publishedDerivative whether the gradient is {@code (p - y) s(p) (1 - s(p))}, s the sigmoid: the published code of Mocanu
 *     et al. (2018) applies the sigmoid once more in its derivative, so that saturated outputs still learn. Otherwise it is the
 *     loss's own, {@code (p - y) p (1 - p)}
 */
public record SquaredError(float smoothing, boolean publishedDerivative) implements Loss {
    public SquaredError {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + smoothing);
        }
    }

    @Override
    public double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient) {
        double loss = 0;
        for (int c = 0; c < logits.length; c++) {
            double p = sigmoid(logits[c]);
            double target = (c == label ? 1.0 - smoothing : 0) + (double) smoothing / logits.length;
            double inner = publishedDerivative ? sigmoid(p) : p;
            gradient[c] = (p - target) * inner * (1 - inner);
            // The product is not a number where the logit is not finite, which a sigmoid alone would hide.
            loss += 0.5 * (p - target) * (p - target) + 0 * logits[c];
        }
        return loss;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + StrictMath.exp(-z));
    }
}
