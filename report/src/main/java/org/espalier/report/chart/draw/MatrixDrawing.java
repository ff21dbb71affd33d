package org.espalier.report.chart.draw;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.report.chart.Panel;

/**
 * Draws matrices for print: names of rows to the left, of columns below, turned to run upwards, values in their cells.
 *
 * @param rowNames room for the names of rows, in points
 * @param columnNames room for those of columns
 * @param rows most rows of a matrix
 * @param columns most columns
 */
record MatrixDrawing(double rowNames, double columnNames, int rows, int columns) {
    private static final double CELL_WIDTH = 30;
    private static final double CELL_HEIGHT = 22;
    private static final double SIZE = 9;

    /** Readers may have a wider font than this one. */
    private static final double WIDER = 1.16;

    /** What the matrices of a figure need; empty if it has none. */
    static Optional<MatrixDrawing> of(List<Panel> panels) {
        List<Panel.Matrix> matrices = panels.stream()
                .filter(Panel.Matrix.class::isInstance)
                .map(Panel.Matrix.class::cast)
                .toList();
        return matrices.isEmpty()
                ? Optional.empty()
                : Optional.of(new MatrixDrawing(
                        matrices.stream()
                                .mapToDouble(m -> longest(m.rows()))
                                .max()
                                .orElse(0),
                        matrices.stream()
                                .mapToDouble(m -> longest(m.columns()))
                                .max()
                                .orElse(0),
                        matrices.stream().mapToInt(m -> m.rows().size()).max().orElse(0),
                        matrices.stream()
                                .mapToInt(m -> m.columns().size())
                                .max()
                                .orElse(0)));
    }

    private static double longest(List<String> names) {
        return WIDER
                * names.stream()
                        .mapToDouble(name -> FigureFont.REGULAR.width(name, SIZE))
                        .max()
                        .orElse(0);
    }

    /** Of a panel with all its room, in points. */
    double width() {
        return 10 + rowNames + 8 + columns * CELL_WIDTH + 14;
    }

    /** Of a panel below its title. */
    double height() {
        return rows * CELL_HEIGHT + 8 + columnNames + 14;
    }

    void draw(Canvas canvas, Panel.Matrix matrix, double x, double top) {
        double left = x + 10 + rowNames + 8;
        int across = matrix.columns().size();
        for (int r = 0; r < matrix.rows().size(); r++) {
            double y = top + r * CELL_HEIGHT;
            canvas.text(
                    left - 6,
                    y + CELL_HEIGHT / 2 + 3,
                    matrix.rows().get(r),
                    SIZE,
                    false,
                    Canvas.Anchor.END,
                    false,
                    "#1f2328");
            for (int c = 0; c < across; c++) {
                double value = matrix.values()[r * across + c];
                if (!Double.isNaN(value)) {
                    double share = value / matrix.top();
                    double cell = left + c * CELL_WIDTH;
                    canvas.fill(
                            new double[] {cell, cell + CELL_WIDTH - 1, cell + CELL_WIDTH - 1, cell},
                            new double[] {y, y, y + CELL_HEIGHT - 1, y + CELL_HEIGHT - 1},
                            FigureDrawing.heat(share),
                            1);
                    canvas.text(
                            cell + (CELL_WIDTH - 1) / 2,
                            y + CELL_HEIGHT / 2 + 3,
                            String.format(Locale.ROOT, "%.1f", value),
                            SIZE,
                            false,
                            Canvas.Anchor.MIDDLE,
                            false,
                            share > 0.6 ? "#ffffff" : "#1f2328");
                }
            }
        }
        double bottom = top + matrix.rows().size() * CELL_HEIGHT + 6;
        for (int c = 0; c < across; c++) {
            canvas.text(
                    left + c * CELL_WIDTH + CELL_WIDTH / 2 + 3,
                    bottom,
                    matrix.columns().get(c),
                    SIZE,
                    false,
                    Canvas.Anchor.END,
                    true,
                    "#1f2328");
        }
    }
}
