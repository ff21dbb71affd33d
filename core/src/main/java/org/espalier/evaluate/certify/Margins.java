package org.espalier.evaluate.certify;

/**
 * Lower bounds of the label's lead over each other class, for all perturbations within a threat model.
 *
 * @param label the true class
 * @param lower (class) lower bound of {@code logit(label) - logit(class)}; +infinity at the label itself
 * @param unstable hidden units that may be on or off within the region
 */
public record Margins(int label, double[] lower, int unstable) {
    /** The least of the bounds; infinity for a network of one class. */
    public double worst() {
        double worst = Double.POSITIVE_INFINITY;
        for (double bound : lower) {
            worst = Math.min(worst, bound);
        }
        return worst;
    }

    /** Whether the bounds exclude every other class in the whole region. */
    public boolean certified() {
        return worst() > 0;
    }
}
