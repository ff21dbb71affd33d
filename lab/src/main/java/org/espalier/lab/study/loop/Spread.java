package org.espalier.lab.study.loop;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Text of a mean over runs and of its spread. */
public final class Spread {
    private Spread() {}

    /** The mean; NaN if there is no value. */
    public static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    /** The standard deviation of a sample, with n - 1; 0 for one value. */
    public static double deviation(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
    }

    /**
     * Two cells: the mean and the standard deviation over runs. The second is empty for one run, and "diverged" stands in
     * the first if a value is not finite.
     *
     * @param values (run)
     * @param digits after the point
     */
    public static List<String> cells(double[] values, int digits) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return List.of("diverged", "");
            }
        }
        return List.of(number(mean(values), digits), values.length < 2 ? "" : number(deviation(values), digits));
    }

    /** A number with a fixed count of digits after the point. */
    public static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
