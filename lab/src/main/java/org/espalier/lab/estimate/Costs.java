package org.espalier.lab.estimate;

import java.util.List;

/**
 * Times of one network on this machine by density, on one core.
 *
 * @param points by falling density, the dense network first; at least one
 */
public record Costs(List<Point> points) {
    /**
     * Times at one density.
     *
     * @param density share of weights that survive, in (0, 1]
     * @param iteration seconds of an update
     * @param evaluation seconds of one measurement of all splits
     */
    public record Point(double density, double iteration, double evaluation) {}

    public Costs {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("costs need at least one point");
        }
    }

    /** Seconds of an update at a density, between measured ones by a power of the density. */
    public double iteration(double density) {
        return between(density, true);
    }

    /** Seconds of a measurement at a density. */
    public double evaluation(double density) {
        return between(density, false);
    }

    private double between(double density, boolean iteration) {
        for (int i = 1; i < points.size(); i++) {
            Point upper = points.get(i - 1);
            Point lower = points.get(i);
            if (density >= lower.density() && upper.density() > lower.density()) {
                double share = StrictMath.log(Math.min(density, upper.density()) / lower.density())
                        / StrictMath.log(upper.density() / lower.density());
                double high = iteration ? upper.iteration() : upper.evaluation();
                double low = iteration ? lower.iteration() : lower.evaluation();
                return low * StrictMath.pow(high / low, share);
            }
        }
        return iteration ? points.getLast().iteration() : points.getLast().evaluation();
    }
}
