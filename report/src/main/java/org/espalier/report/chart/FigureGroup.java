package org.espalier.report.chart;

import java.util.List;
import java.util.Locale;

/**
 * Figures that show the same of different things, of which a reader looks at one at a time.
 *
 * @param title what they show
 */
public record FigureGroup(String title, List<Variant> variants) {
    /**
     * One of them.
     *
     * @param name what tells it from the others
     */
    public record Variant(String name, Figure figure) {}

    public FigureGroup {
        variants = List.copyOf(variants);
    }

    /** A group of a single figure. */
    public static FigureGroup of(String title, Figure figure) {
        return new FigureGroup(title, List.of(new Variant("", figure)));
    }

    /** Any name as letters, digits and hyphens, for ids and names of files. */
    public static String identifier(String name) {
        String plain =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return plain.isEmpty() ? "x" : plain;
    }
}
