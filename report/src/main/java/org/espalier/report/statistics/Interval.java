package org.espalier.report.statistics;

/**
 * A two-sided confidence interval, in the units of what it is of.
 *
 * @param low lower bound
 * @param high upper bound, not below the lower one
 */
public record Interval(double low, double high) {
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("an interval from " + low + " to " + high);
        }
    }

    static Interval of(org.apache.commons.statistics.interval.Interval interval) {
        return new Interval(interval.getLowerBound(), interval.getUpperBound());
    }

    /** Whether the value lies within, bounds included. */
    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
