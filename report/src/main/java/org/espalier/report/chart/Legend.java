package org.espalier.report.chart;

import java.util.List;
import java.util.OptionalInt;

/**
 * What looks mean. A line's look is put together from the entries that it belongs to, one of each legend.
 *
 * @param title what the entries tell apart
 */
public record Legend(String title, List<Entry> entries) {
    /**
     * One entry; an aspect that is empty is left to the figure's other legends.
     *
     * @param name its name, which is also the key that lines refer to
     * @param color number of a colour of {@link Palette}
     * @param shape number of a symbol of {@link Palette}
     * @param dash number of a dash pattern of {@link Palette}
     */
    public record Entry(String name, OptionalInt color, OptionalInt shape, OptionalInt dash) {}

    public Legend {
        entries = List.copyOf(entries);
    }

    /** The entry of a name. */
    public Entry entry(String name) {
        return entries.stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("legend " + title + " has no " + name));
    }
}
