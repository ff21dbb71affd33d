package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.format.Csv;
import org.espalier.report.notation.Numbers;

/** The points of a figure's lines as CSV. */
final class FigureCsv {
    private FigureCsv() {}

    /** A row for each point. */
    static String of(Figure figure) {
        List<List<String>> rows = new ArrayList<>();
        for (Panel panel : figure.panels()) {
            if (panel instanceof Panel.Lines lines) {
                for (Line line : lines.lines()) {
                    Curve curve = line.curve();
                    for (int i = 0; i < curve.size(); i++) {
                        rows.add(List.of(
                                panel.title(),
                                String.join(", ", line.keys()),
                                Numbers.shortest(curve.x()[i]),
                                Numbers.shortest(curve.y()[i]),
                                Numbers.shortestIfKnown(curve.deviation()[i]),
                                Integer.toString(curve.count()[i])));
                    }
                }
            }
        }
        return Csv.of(List.of("panel", "line", "x", "y", "deviation", "trials"), rows);
    }
}
