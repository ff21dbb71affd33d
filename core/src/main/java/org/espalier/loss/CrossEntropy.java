package org.espalier.loss;

/**
 * Softmax cross-entropy, natural logarithm.
 *
 * @param smoothing in [0, 1): share of the target spread evenly over all classes
 */
public record CrossEntropy(float smoothing) implements Loss {
    /** Against the label alone. */
    public static final CrossEntropy HARD = new CrossEntropy(0);

    public CrossEntropy {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + smoothing);
        }
    }

    @Override
    public double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient) {
        int classes = logits.length;
        double logSum = Softmax.logSum(logits);
        double target = 0;
        double others = 0;
        for (int c = 0; c < classes; c++) {
            double share = (c == label ? 1.0 - smoothing : 0) + (double) smoothing / classes;
            target += share * (logits[c] - logSum);
            gradient[c] = Softmax.probability(logits[c], logSum) - share;
            others += c == label ? 0 : gradient[c];
        }
        // The gradients of all classes add up to 0; the label's rounds to 0 later this way.
        gradient[label] = -others;
        return -target;
    }
}
