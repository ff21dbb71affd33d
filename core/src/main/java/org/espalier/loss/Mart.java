package org.espalier.loss;

/**
 * The loss of MART on an adversarial example, its clean example being the reference: {@code -log p'_y - log(1.0001 - max over k
 * other than y of p'_k + 1e-12) + weight KL(p || p') (1.0000001 - p_y)}, p = softmax(reference), p' = softmax(logits). The gradient flows to both
 * sides. Wang et al., "Improving adversarial robustness requires revisiting misclassified examples" (2020), with the
 * constants of the published code.
 *
 * @param weight of the divergence, at least 0; the published script has 5
 * @param smoothing label smoothing of the first term, in [0, 1)
 */
public record Mart(double weight, float smoothing) implements Loss {
    private static final double MARGIN_ONE = 1.0001 + 1e-12;
    private static final double WEIGHT_ONE = 1.0000001;

    public Mart {
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("MART's weight must be finite and at least 0, got " + weight);
        }
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + smoothing);
        }
    }

    @Override
    public boolean readsReference() {
        return true;
    }

    @Override
    public double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient) {
        int classes = logits.length;
        double logSum = Softmax.logSum(logits);
        double referenceLogSum = Softmax.logSum(reference);
        int rival = label == 0 ? 1 : 0;
        for (int c = 0; c < classes; c++) {
            rival = c != label && logits[c] > logits[rival] ? c : rival;
        }
        double rivalShare = Softmax.probability(logits[rival], logSum);
        double left = MARGIN_ONE - rivalShare;
        double own = Softmax.probability(reference[label], referenceLogSum);
        double doubt = WEIGHT_ONE - own;
        double target = 0;
        double divergence = 0;
        for (int c = 0; c < classes; c++) {
            double p = Softmax.probability(reference[c], referenceLogSum);
            divergence += p * (reference[c] - referenceLogSum - (logits[c] - logSum));
        }
        for (int c = 0; c < classes; c++) {
            double moved = Softmax.probability(logits[c], logSum);
            double p = Softmax.probability(reference[c], referenceLogSum);
            double share = (c == label ? 1.0 - smoothing : 0) + (double) smoothing / classes;
            target += share * (logits[c] - logSum);
            gradient[c] =
                    moved - share + rivalShare * ((c == rival ? 1 : 0) - moved) / left + weight * doubt * (moved - p);
            double ratio = reference[c] - referenceLogSum - (logits[c] - logSum);
            referenceGradient[c] =
                    weight * (doubt * p * (ratio - divergence) - divergence * own * ((c == label ? 1 : 0) - p));
        }
        return -target - StrictMath.log(left) + weight * divergence * doubt;
    }
}
