package org.espalier.lab.bench;

import java.util.Arrays;

/**
 * How often something was done in a second, over many short slices of time.
 *
 * @param median the median slice's rate
 * @param low lower quartile
 * @param high upper quartile
 */
public record Rate(double median, double low, double high) {
    /** From the rates of slices, at least one, in any order. */
    static Rate of(double[] rates) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        return new Rate((sorted[last / 2] + sorted[(last + 1) / 2]) / 2, sorted[last / 4], sorted[last - last / 4]);
    }

    /** The same in units of which one run does so many. */
    Rate times(double units) {
        return new Rate(units * median, units * low, units * high);
    }
}
