package org.espalier.lab.robustness;

/**
 * A fraction of images, with its confidence interval.
 *
 * @param correct images classified right
 * @param images images measured
 */
public record Proportion(int correct, int images) {
    /** The 0.975 quantile of a standard normal variable, for intervals of 95 %. */
    private static final double Z = 1.959963984540054;

    public Proportion {
        if (images < 1 || correct < 0 || correct > images) {
            throw new IllegalArgumentException(correct + " of " + images + " images is no fraction");
        }
    }

    /** Correct over all, in [0, 1]. */
    public double accuracy() {
        return (double) correct / images;
    }

    /** Lower end of Wilson's 95 % score interval, which covers the sampling of test images (Wilson, 1927). */
    public double low() {
        return correct == 0 ? 0 : centre() - margin();
    }

    /** Upper end of that interval. */
    public double high() {
        return correct == images ? 1 : centre() + margin();
    }

    private double centre() {
        return (accuracy() + Z * Z / (2 * images)) / (1 + Z * Z / images);
    }

    private double margin() {
        double p = accuracy();
        return Z * Math.sqrt(p * (1 - p) / images + Z * Z / (4.0 * images * images)) / (1 + Z * Z / images);
    }
}
