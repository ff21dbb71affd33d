package org.espalier.report.chart;

import java.util.List;

/**
 * Colours, symbols and dashes. The colours are after Okabe and Ito's, which people with every kind of colour vision can
 * tell apart, darkened so that thin lines stand out on white; figures.js has the same ones, and lighter ones for dark
 * pages. Symbols and dashes say the same a second time.
 */
public final class Palette {
    /** Colours on white. */
    public static final List<String> COLORS =
            List.of("#1f2328", "#0072b2", "#c77c00", "#00845f", "#a32400", "#a8478a", "#4a97c9", "#7f8a2e");

    /** Names of symbols. */
    public static final List<String> SHAPES =
            List.of("circle", "square", "triangle-up", "diamond", "cross", "triangle-down");

    /** Lengths of dashes and gaps in pixels, as in SVG's stroke-dasharray; empty is a whole line. */
    public static final List<String> DASHES = List.of("", "6 3", "2 2", "8 3 2 3", "10 4");

    private Palette() {}
}
