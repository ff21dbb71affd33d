package org.espalier.report.chart;

import java.util.Arrays;
import java.util.List;

/** One frame of a figure. */
public sealed interface Panel {
    /** What stands above the frame. */
    String title();

    /** Whether nothing is there to be drawn. */
    boolean isEmpty();

    /** The panel without values that have no place in it, such as 0 on a logarithmic axis and infinity anywhere. */
    Panel drawable();

    /** How many points or cells can be drawn. */
    long size();

    /**
     * Lines with bands of one standard deviation.
     *
     * @param symbols whether every point is marked, rather than a few to tell the lines apart
     */
    record Lines(String title, Axis x, Axis y, List<Line> lines, boolean symbols) implements Panel {
        public Lines {
            lines = List.copyOf(lines);
        }

        @Override
        public Panel drawable() {
            return new Lines(
                    title, x, y, lines.stream().map(line -> line.shownOn(x, y)).toList(), symbols);
        }

        @Override
        public long size() {
            return lines.stream().mapToLong(line -> line.curve().size()).sum();
        }

        @Override
        public boolean isEmpty() {
            return lines.stream().allMatch(line -> line.curve().isEmpty());
        }
    }

    /**
     * A picture of numbers.
     *
     * @param values (row, column), row by row from the top left
     * @param label what the values are, with their unit
     * @param top the value of the strongest colour; zero has the weakest
     */
    record Heat(String title, int rows, int columns, double[] values, String label, double top) implements Panel {
        @Override
        public Panel drawable() {
            double[] shown = Arrays.stream(values)
                    .map(value -> Double.isFinite(value) ? value : 0)
                    .toArray();
            return new Heat(title, rows, columns, shown, label, scaleTop(top));
        }

        @Override
        public long size() {
            return Arrays.stream(values).filter(Double::isFinite).count();
        }

        @Override
        public boolean isEmpty() {
            return values.length == 0;
        }
    }

    /**
     * A picture whose cells have colours of their own.
     *
     * @param colors (row, column), row by row from the top left, each {@code #rrggbb}; empty where nothing is drawn
     */
    record Picture(String title, int rows, int columns, List<String> colors) implements Panel {
        public Picture {
            colors = List.copyOf(colors);
            if (colors.size() != rows * columns) {
                throw new IllegalArgumentException(
                        colors.size() + " colours for " + rows + " rows and " + columns + " columns");
            }
        }

        @Override
        public Panel drawable() {
            return this;
        }

        @Override
        public long size() {
            return colors.stream().filter(color -> !color.isEmpty()).count();
        }

        @Override
        public boolean isEmpty() {
            return colors.isEmpty();
        }
    }

    /**
     * Numbers by row and column, each with its name and written into its cell.
     *
     * @param rowsAre what the rows stand for
     * @param values (row, column), row by row from the top; NaN where there is none
     * @param label what the values are, with their unit
     * @param top the value of the strongest colour; zero has the weakest
     */
    record Matrix(
            String title,
            String rowsAre,
            List<String> rows,
            List<String> columns,
            double[] values,
            String label,
            double top)
            implements Panel {
        public Matrix {
            rows = List.copyOf(rows);
            columns = List.copyOf(columns);
            if (values.length != rows.size() * columns.size()) {
                throw new IllegalArgumentException(
                        values.length + " values for " + rows.size() + " rows and " + columns.size() + " columns");
            }
        }

        @Override
        public Panel drawable() {
            double[] shown = Arrays.stream(values)
                    .map(value -> Double.isFinite(value) ? value : Double.NaN)
                    .toArray();
            return new Matrix(title, rowsAre, rows, columns, shown, label, scaleTop(top));
        }

        @Override
        public long size() {
            return Arrays.stream(values).filter(value -> !Double.isNaN(value)).count();
        }

        @Override
        public boolean isEmpty() {
            for (double value : values) {
                if (!Double.isNaN(value)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The end of a scale of colours that begins at 0; 1 where it could not be told from its beginning. */
    private static double scaleTop(double top) {
        return top > 0 && top <= Curve.MOST ? top : 1;
    }
}
