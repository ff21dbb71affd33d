package org.espalier.report.figure;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

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

    /** A density as text, in percent. */
    public static String percent(double density) {
        return Looks.density(density);
    }

    /** At most {@code most} of some levels, ascending: those that figures show as well. */
    public static List<Integer> shown(Collection<Integer> levels, int most) {
        return ShownLevels.of(new TreeSet<>(levels), most);
    }

    /** Any name as letters, digits and hyphens, for ids and names of files. */
    public static String identifier(String name) {
        String plain =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return plain.isEmpty() ? "x" : plain;
    }
}
