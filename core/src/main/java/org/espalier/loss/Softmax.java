package org.espalier.loss;

/** Softmax of an example's logits, with the same bits on every machine. */
public final class Softmax {
    private Softmax() {}

    /** log(sum over classes of exp(logit)). */
    public static double logSum(float[] logits) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += StrictMath.exp((double) logit - max);
        }
        return max + StrictMath.log(sum);
    }

    /** Probability of the class of a logit, in [0, 1]. */
    public static double probability(float logit, double logSum) {
        return StrictMath.exp(logit - logSum);
    }
}
