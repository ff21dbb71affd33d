package org.espalier.evaluate.measure;

import java.util.Arrays;

/**
 * The limit of maxima, as a reverse Weibull distribution says it: {@code F(x) = exp(-((location - x) / scale)^shape)} below the location,
 * by maximum likelihood. Weng et al., "Evaluating the robustness of neural networks: an extreme value theory approach" (CLEVER, 2018).
 *
 * <p>For each location the shape and scale of highest likelihood are found; the location is searched from the largest maximum to a hundred
 * times the maxima's spread above it. The shape is at least 1: below, the likelihood has no maximum.
 *
 * @param location estimate of the limit: the fitted one, or where the fit is poor the largest of the maxima
 * @param shape of the fit; NaN if all maxima are equal
 * @param scale of the fit; NaN if all maxima are equal
 * @param chance p value of the test of Kolmogorov and Smirnov that the maxima are of the fitted distribution; 1 if all are equal
 */
record ExtremeValue(double location, double shape, double scale, double chance) {
    /** Below this p value the fit is not used, as in the source. */
    private static final double POOR = 0.001;

    private static final int GRID = 60;
    private static final int REFINED = 60;

    /**
     * Fits maxima.
     *
     * @param maxima at least 2, finite
     */
    static ExtremeValue of(double[] maxima) {
        double[] sorted = maxima.clone();
        Arrays.sort(sorted);
        double most = sorted[sorted.length - 1];
        double spread = most - sorted[0];
        if (spread == 0) {
            return new ExtremeValue(most, Double.NaN, Double.NaN, 1);
        }
        // Distances above the largest maximum, from 1e-4 to 1e2 of the spread.
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i <= GRID; i++) {
            double likelihood = fit(sorted, most + spread * above(i)).likelihood;
            if (likelihood > highest) {
                highest = likelihood;
                best = i;
            }
        }
        double low = Math.max(0, best - 1);
        double high = Math.min(GRID, best + 1);
        for (int step = 0; step < REFINED; step++) {
            double first = low + (high - low) / 3;
            double second = high - (high - low) / 3;
            if (fit(sorted, most + spread * above(first)).likelihood
                    < fit(sorted, most + spread * above(second)).likelihood) {
                low = first;
            } else {
                high = second;
            }
        }
        double location = most + spread * above((low + high) / 2);
        Fit fit = fit(sorted, location);
        double chance = chance(sorted, location, fit);
        return new ExtremeValue(chance < POOR ? most : location, fit.shape, fit.scale, chance);
    }

    private static double above(double place) {
        return StrictMath.pow(10, -4 + 6 * place / GRID);
    }

    private record Fit(double shape, double scale, double likelihood) {}

    /** Shape and scale of highest likelihood of the distances below a location. */
    private static Fit fit(double[] maxima, double location) {
        int n = maxima.length;
        double[] logs = new double[n];
        double mean = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            logs[i] = StrictMath.log(location - maxima[i]);
            mean += logs[i] / n;
            largest = Math.max(largest, logs[i]);
        }
        double low = 1;
        double high = 1e4;
        for (int step = 0; step < 80; step++) {
            double shape = (low + high) / 2;
            double sum = 0;
            double weighted = 0;
            for (double log : logs) {
                double power = StrictMath.exp(shape * (log - largest));
                sum += power;
                weighted += power * log;
            }
            // Rises with the shape, and is 0 at the best one.
            if (weighted / sum - 1 / shape - mean < 0) {
                low = shape;
            } else {
                high = shape;
            }
        }
        double shape = (low + high) / 2;
        double sum = 0;
        for (double log : logs) {
            sum += StrictMath.exp(shape * (log - largest));
        }
        double logScale = largest + StrictMath.log(sum / n) / shape;
        double likelihood = n * (StrictMath.log(shape) - shape * logScale + (shape - 1) * mean - 1);
        return new Fit(shape, StrictMath.exp(logScale), likelihood);
    }

    /** Of Kolmogorov and Smirnov's statistic, with Stephens' correction for a finite sample. */
    private static double chance(double[] sorted, double location, Fit fit) {
        int n = sorted.length;
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double below = StrictMath.exp(-StrictMath.pow((location - sorted[i]) / fit.scale, fit.shape));
            distance = Math.max(distance, Math.max(below - (double) i / n, (i + 1.0) / n - below));
        }
        double root = Math.sqrt(n);
        double x = (root + 0.12 + 0.11 / root) * distance;
        if (x < 0.2) {
            return 1; // the series needs many terms there and is 1 to 12 digits
        }
        double sum = 0;
        for (int k = 1; k <= 100; k++) {
            sum += (k % 2 == 1 ? 2 : -2) * StrictMath.exp(-2.0 * k * k * x * x);
        }
        return Math.clamp(sum, 0.0, 1.0);
    }
}
