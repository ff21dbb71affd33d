package org.espalier.report.chart;

import java.util.List;

/**
 * A figure: panels with common legends. It is plain data; {@code chart.draw} draws it for print, and the page's
 * figures.js makes a Vega-Lite specification of it.
 *
 * @param id name in the page and of its file: letters, digits and hyphens
 * @param title what is shown, in a few words
 * @param caption what a reader needs to know to read it
 * @param legends at most two
 * @param panels its frames, from the left
 */
public record Figure(String id, String title, String caption, List<Legend> legends, List<Panel> panels) {
    public Figure {
        legends = List.copyOf(legends);
        panels = List.copyOf(panels);
        if (!id.matches("[a-z0-9][a-z0-9-]*")) {
            throw new IllegalArgumentException("a figure's id is letters, digits and hyphens, got " + id);
        }
    }

    /** Whether no panel has anything to be drawn. */
    public boolean isEmpty() {
        return panels.stream().allMatch(Panel::isEmpty);
    }
}
