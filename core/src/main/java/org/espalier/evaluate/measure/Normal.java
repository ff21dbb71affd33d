package org.espalier.evaluate.measure;

/** The standard normal distribution, with the same bits on every machine. */
public final class Normal {
    private Normal() {}

    /** The point that a share p of the distribution lies below, p in (0, 1). */
    public static double quantile(double p) {
        if (!(p > 0 && p < 1)) {
            throw new IllegalArgumentException("a quantile needs a probability above 0 and below 1, got " + p);
        }
        double low = -40;
        double high = 40;
        for (int i = 0; i < 200; i++) {
            double middle = (low + high) / 2;
            // Compared in the smaller tail, where differences do not cancel.
            boolean below = middle < 0 ? upper(-middle) < p : upper(middle) > 1 - p;
            if (below) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** Share of the distribution above x, x at least 0. */
    static double upper(double x) {
        double density = StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
        if (x > 3) {
            // Laplace's continued fraction, from its end.
            double fraction = x;
            for (int k = 120; k > 0; k--) {
                fraction = x + k / fraction;
            }
            return density / fraction;
        }
        double term = x;
        double sum = x;
        for (int k = 1; k < 200; k++) {
            term *= x * x / (2 * k + 1);
            sum += term;
        }
        return 0.5 - density * sum;
    }
}
