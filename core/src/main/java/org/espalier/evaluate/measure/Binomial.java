package org.espalier.evaluate.measure;

/** Bounds and tests of binomial counts, with the same bits on every machine. */
public final class Binomial {
    private static final int BISECTIONS = 200;

    private Binomial() {}

    /**
     * One-sided lower confidence bound of the probability of a hit: Clopper and Pearson, "The use of confidence or fiducial limits
     * illustrated in the case of the binomial" (1934).
     *
     * @param hits in [0, n]
     * @param alpha chance that the bound is too high, in (0, 1)
     */
    public static double lower(int hits, int n, double alpha) {
        if (hits == 0) {
            return 0;
        }
        if (hits == n) {
            return StrictMath.pow(alpha, 1.0 / n);
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (tail(hits, n, middle) <= alpha) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * One-sided upper confidence bound. With no hits and alpha 0.05 it is about 3 / n.
     *
     * @param hits in [0, n]
     */
    public static double upper(int hits, int n, double alpha) {
        return 1 - lower(n - hits, n, alpha);
    }

    /** Probability of at least {@code hits} hits of n with probability p each: the regularised incomplete beta function. */
    static double tail(int hits, int n, double p) {
        if (hits <= 0) {
            return 1;
        }
        if (hits > n) {
            return 0;
        }
        double a = hits;
        double b = n - hits + 1.0;
        double front = StrictMath.exp(
                logGamma(a + b) - logGamma(a) - logGamma(b) + a * StrictMath.log(p) + b * StrictMath.log1p(-p));
        return p < (a + 1) / (a + b + 2) ? front * fraction(a, b, p) / a : 1 - front * fraction(b, a, 1 - p) / b;
    }

    /** Two-sided p-value of {@code hits} of n against a probability of 1/2. */
    public static double twoSidedHalf(int hits, int n) {
        return Math.min(1, 2 * tail(Math.max(hits, n - hits), n, 0.5));
    }

    /** Continued fraction of the incomplete beta function, by Lentz's method: DLMF 8.17.22. */
    private static double fraction(double a, double b, double x) {
        double tiny = 1e-300;
        double c = 1;
        double d = 1 - (a + b) * x / (a + 1);
        d = 1 / (Math.abs(d) < tiny ? tiny : d);
        double h = d;
        for (int m = 1; m <= 100_000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 + even * d;
            d = 1 / (Math.abs(d) < tiny ? tiny : d);
            c = 1 + even / c;
            c = Math.abs(c) < tiny ? tiny : c;
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + odd * d;
            d = 1 / (Math.abs(d) < tiny ? tiny : d);
            c = 1 + odd / c;
            c = Math.abs(c) < tiny ? tiny : c;
            double factor = d * c;
            h *= factor;
            if (Math.abs(factor - 1) < 1e-15) {
                break;
            }
        }
        return h;
    }

    /** log of the gamma function by Stirling's series after a shift: DLMF 5.11.1. */
    static double logGamma(double x) {
        double shift = 0;
        double z = x;
        while (z < 15) {
            shift += StrictMath.log(z);
            z++;
        }
        double inverse = 1 / (z * z);
        double series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / z;
        return (z - 0.5) * StrictMath.log(z) - z + 0.5 * StrictMath.log(2 * Math.PI) + series - shift;
    }
}
