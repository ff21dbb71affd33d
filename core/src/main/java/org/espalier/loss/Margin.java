package org.espalier.loss;

/**
 * {@code max(0, slack + largest other logit - label's logit)}: zero where the label leads by the slack. Crammer and Singer,
 * "On the algorithmic implementation of multiclass kernel-based vector machines" (2001); the lowest class counts on
 * ties.
 *
 * @param slack required lead in logits, at least 0
 */
public record Margin(double slack) implements Loss {
    public Margin {
        if (!(slack >= 0) || Double.isInfinite(slack)) {
            throw new IllegalArgumentException("a margin's slack must be finite and at least 0, got " + slack);
        }
    }

    @Override
    public double at(float[] logits, int label, float[] reference, double[] gradient, double[] referenceGradient) {
        int rival = label == 0 ? 1 : 0;
        for (int c = 0; c < logits.length; c++) {
            rival = c != label && logits[c] > logits[rival] ? c : rival;
        }
        double loss = slack + logits[rival] - logits[label];
        if (loss <= 0) {
            return 0;
        }
        gradient[rival] = 1;
        gradient[label] = -1;
        return loss;
    }
}
