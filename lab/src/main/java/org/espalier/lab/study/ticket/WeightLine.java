package org.espalier.lab.study.ticket;

import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/** Weights on the line between two networks, and the error barrier along it. */
final class WeightLine {
    private WeightLine() {}

    /**
     * (1 - a) first + a second with a = step / steps, in double and rounded once. The ends are the networks themselves, bit for
     * bit.
     *
     * @param step from 0 to {@code steps}
     * @param steps at least 1
     */
    static Weights at(Weights first, Weights second, int step, int steps) {
        if (step == 0) {
            return first.copy();
        } else if (step == steps) {
            return second.copy();
        }
        double share = (double) step / steps;
        Weights between = new Weights(first.architecture());
        for (Parameter parameter : first.graph().parameters()) {
            float[] from = first.values(parameter.name());
            float[] to = second.values(parameter.name());
            float[] at = between.values(parameter.name());
            for (int i = 0; i < at.length; i++) {
                at[i] = (float) ((1 - share) * from[i] + share * to[i]);
            }
        }
        return between;
    }

    /** The highest error of the line. */
    static double highest(double[] errors) {
        double highest = errors[0];
        for (double error : errors) {
            highest = Math.max(highest, error);
        }
        return highest;
    }

    /** The highest error minus the mean of the ends' errors: Frankle et al. (2020), section 2. */
    static double barrier(double[] errors) {
        return highest(errors) - (errors[0] + errors[errors.length - 1]) / 2;
    }
}
