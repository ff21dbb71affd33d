package org.espalier.engine.layer;

import java.util.Locale;

/**
 * The density above which dense kernels are faster at one shape of layer.
 *
 * @param density in [0, 1]; a layer with more live weights runs dense
 * @param measured whether this machine's times gave it; otherwise it is the default
 */
public record Crossover(double density, boolean measured) {
    /** Where both kernels were equally fast on the machines tried so far; what is believed when measuring fails. */
    public static final Crossover DEFAULT = new Crossover(0.55, false);

    /** Two halves of the same measurement that lie further apart show a machine too busy to be measured. */
    private static final double DISTURBED = 0.12;

    /**
     * From the times of both kernels.
     *
     * @param densities at which sparse kernels were timed, ascending
     * @param sparse (half of the measurement, density) time of sparse kernels
     * @param dense (half of the measurement) time of dense kernels
     * @return the mean of both halves' crossovers, or the default when the halves disagree
     */
    public static Crossover of(double[] densities, double[][] sparse, double[] dense) {
        double first = crossing(densities, sparse[0], dense[0]);
        double second = crossing(densities, sparse[1], dense[1]);
        return Math.abs(first - second) > DISTURBED ? DEFAULT : new Crossover((first + second) / 2, true);
    }

    /**
     * The highest density at which sparse kernels are no slower, between densities by a straight line; outside of them
     * the nearest one, for nothing is known there, but 1 where sparse kernels win at the highest.
     */
    private static double crossing(double[] densities, double[] sparse, double dense) {
        int last = densities.length - 1;
        if (sparse[last] <= dense) {
            return 1;
        }
        for (int i = last; i > 0; i--) {
            if (sparse[i - 1] <= dense) {
                double share = (dense - sparse[i - 1]) / (sparse[i] - sparse[i - 1]);
                return densities[i - 1] + share * (densities[i] - densities[i - 1]);
            }
        }
        return densities[0];
    }

    /** Whether a layer with this share of live weights runs dense. A layer without a gap always does. */
    public boolean dense(double live) {
        return live > density || live == 1;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "dense above %.0f %% of weights%s", 100 * density, measured ? "" : " (not measured)");
    }
}
