package org.espalier.report.chart;

import java.util.List;
import org.espalier.report.notation.Numbers;

/**
 * A figure: panels with common legends. It is plain data; {@code chart.draw} draws it for print, and the page's
 * figures.js makes a Vega-Lite specification of it. It holds finite numbers only: values that an axis cannot show are left out,
 * and the caption says how many.
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
        List<Panel> drawable = panels.stream().map(Panel::drawable).toList();
        long leftOut = size(panels) - size(drawable);
        if (leftOut > 0) {
            caption = (caption + " Values that an axis cannot show, such as 0 on a logarithmic axis, are left out: "
                            + Numbers.count(leftOut) + ".")
                    .strip();
        }
        panels = drawable;
        if (!id.matches("[a-z0-9][a-z0-9-]*")) {
            throw new IllegalArgumentException("a figure's id is letters, digits and hyphens, got " + id);
        }
    }

    private static long size(List<Panel> panels) {
        return panels.stream().mapToLong(Panel::size).sum();
    }

    /** Whether no panel has anything to be drawn. */
    public boolean isEmpty() {
        return panels.stream().allMatch(Panel::isEmpty);
    }
}
