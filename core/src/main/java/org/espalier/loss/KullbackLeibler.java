package org.espalier.loss;

/**
 * {@code KL(softmax(reference) || softmax(logits))}: how far predictions have moved from those of the reference. The gradient
 * flows to both sides unless {@code constantReference}. The regulariser of TRADES: Zhang et al., "Theoretically principled
 * trade-off between robustness and accuracy" (2019), equation 5.
 *
 * @param constantReference whether the reference is taken as a constant
 */
public record KullbackLeibler(boolean constantReference) implements Loss {
    @Override
    public double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient) {
        double logSum = Softmax.logSum(logits);
        double referenceLogSum = Softmax.logSum(reference);
        double divergence = 0;
        for (int c = 0; c < logits.length; c++) {
            double p = Softmax.probability(reference[c], referenceLogSum);
            divergence += p * ratio(logits[c], logSum, reference[c], referenceLogSum);
            gradient[c] = Softmax.probability(logits[c], logSum) - p;
        }
        if (!constantReference) {
            for (int c = 0; c < logits.length; c++) {
                referenceGradient[c] = Softmax.probability(reference[c], referenceLogSum)
                        * (ratio(logits[c], logSum, reference[c], referenceLogSum) - divergence);
            }
        }
        return divergence;
    }

    private static double ratio(float logit, double logSum, float reference, double referenceLogSum) {
        return reference - referenceLogSum - (logit - logSum);
    }

    @Override
    public boolean readsReference() {
        return true;
    }
}
