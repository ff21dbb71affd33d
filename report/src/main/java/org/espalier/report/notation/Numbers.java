package org.espalier.report.notation;

import java.math.BigDecimal;
import java.util.Locale;
import org.espalier.attack.ThreatModel;

/** Numbers as text, the same in tables, figures, pages and files. A point separates decimals in every locale. */
public final class Numbers {
    /** Stands for a number that is not known or not finite. */
    public static final String UNKNOWN = "?";

    private Numbers() {}

    /**
     * The shortest decimal that reads back as the value, without an exponent: for files that programs read. NaN and
     * infinities are written by their names in Java; files have {@link #shortestIfKnown}.
     */
    public static String shortest(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        String text = Double.toString(value);
        if (text.indexOf('E') < 0) {
            return value == 0 ? "0" : text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
        }
        BigDecimal shortest = new BigDecimal(text);
        return shortest.signum() == 0 ? "0" : shortest.stripTrailingZeros().toPlainString();
    }

    /** As {@link #shortest}; empty where the value is not known or not finite. */
    public static String shortestIfKnown(double value) {
        return Double.isFinite(value) ? shortest(value) : "";
    }

    /** At most four decimals, without trailing zeros: for epsilons, margins and confidences; {@link #UNKNOWN} if not finite. */
    public static String plain(double value) {
        return !Double.isFinite(value)
                ? UNKNOWN
                : String.format(Locale.ROOT, "%.4f", value)
                        .replaceAll("0+$", "")
                        .replaceAll("\\.$", "");
    }

    /** A radius for people: {@code 8/255} where it is such a fraction, else as {@link #plain}. */
    public static String radius(double epsilon) {
        String text = ThreatModel.radius((float) epsilon);
        return text.indexOf('/') > 0 ? text : plain(epsilon);
    }

    /**
     * A density in percent without the sign, for columns: one decimal from 1 % on, two below; {@link #UNKNOWN} if
     * it is not finite.
     *
     * @param density share of weights, 0 to 1
     */
    public static String percent(double density) {
        double percent = density * 100;
        return !Double.isFinite(percent)
                ? UNKNOWN
                : String.format(Locale.ROOT, percent >= 1 ? "%.1f" : "%.2f", percent);
    }

    /** A density in percent with the sign, for sentences and legends; see {@link #percent}. */
    public static String density(double density) {
        return percent(density) + " %";
    }

    /** A whole number with commas between thousands. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
