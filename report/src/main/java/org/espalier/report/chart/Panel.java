package org.espalier.report.chart;

import java.util.List;

/** One frame of a figure. */
public sealed interface Panel {
    /** What stands above the frame. */
    String title();

    /** Whether nothing is there to be drawn. */
    boolean isEmpty();

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
        public boolean isEmpty() {
            return values.length == 0;
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
        public boolean isEmpty() {
            for (double value : values) {
                if (!Double.isNaN(value)) {
                    return false;
                }
            }
            return true;
        }
    }
}
