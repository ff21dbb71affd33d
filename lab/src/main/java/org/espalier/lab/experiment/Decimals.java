package org.espalier.lab.experiment;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;
import java.util.OptionalDouble;

/** Numbers of files and options: decimals, and fractions as {@code 8/255}. */
public final class Decimals {
    /** More digits than a double has. */
    private static final MathContext PRECISION = new MathContext(40);

    // A decimal of a million digits or exponents would take minutes to compare.
    private static final int LONGEST = 40;
    private static final int MOST_SCALE = 400;

    private Decimals() {}

    /** The number that a text means; empty if it is none, or longer than any number needs to be. */
    public static Optional<BigDecimal> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        int bar = text.indexOf('/');
        if (bar < 0) {
            return plain(text);
        }
        Optional<BigDecimal> over = plain(text.substring(0, bar).strip());
        Optional<BigDecimal> under = plain(text.substring(bar + 1).strip()).filter(number -> number.signum() != 0);
        return over.isEmpty() || under.isEmpty()
                ? Optional.empty()
                : Optional.of(over.get().divide(under.get(), PRECISION));
    }

    /** The same as a double; empty where there is none. */
    public static OptionalDouble parseDouble(String text) {
        return parse(text)
                .map(number -> OptionalDouble.of(number.doubleValue()))
                .orElse(OptionalDouble.empty());
    }

    /** A suggestion for a text that is not a number, as the end of a sentence; empty if there is none. */
    public static String hint(String text) {
        return text.matches("[+-]?[0-9]+,[0-9]+") ? "; write " + text.replace(',', '.') + ", with a point" : "";
    }

    private static Optional<BigDecimal> plain(String text) {
        try {
            BigDecimal found = new BigDecimal(text);
            return Math.abs((long) found.scale()) <= MOST_SCALE ? Optional.of(found) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
