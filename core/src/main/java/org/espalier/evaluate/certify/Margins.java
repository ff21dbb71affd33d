package org.espalier.evaluate.certify;

/**
 * Lower bounds of what one input's label leads each other class by, over all that a threat model allows.
 *
 * @param label the class that has to win
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

    /** Whether no input of the region can be given another class. */
    public boolean certified() {
        return worst() > 0;
    }
}
