package org.espalier.lab.study;

import java.util.List;

/**
 * What a study found, as a report shows it.
 *
 * @param tables at least one
 * @param figures may be empty
 */
public record StudyResult(List<Table> tables, List<Figure> figures) {
    /**
     * A table.
     *
     * @param name for files: lower-case letters, digits and hyphens; unique in the study
     * @param title one line
     * @param keys number of columns, from the left, that name a row
     * @param headings of all columns, with units
     * @param rows cells, as many as headings
     * @param notes what a reader must know besides, a line each
     */
    public record Table(
            String name, String title, int keys, List<String> headings, List<List<String>> rows, List<String> notes) {
        public Table {
            headings = List.copyOf(headings);
            rows = rows.stream().map(List::copyOf).toList();
            notes = List.copyOf(notes);
            int columns = headings.size();
            if (keys < 1 || keys >= columns || rows.stream().anyMatch(row -> row.size() != columns)) {
                throw new IllegalArgumentException("table " + name + " has " + columns + " headings and " + keys
                        + " keys, expected rows of as many cells and fewer keys");
            }
        }
    }

    /**
     * A figure of lines.
     *
     * @param name for files: lower-case letters, digits and hyphens; unique in the study
     * @param x label of the axis, with its unit
     * @param y label of the axis, with its unit
     */
    public record Figure(String name, String title, String caption, String x, String y, List<Curve> curves) {
        public Figure {
            curves = List.copyOf(curves);
        }
    }

    /**
     * A line of a figure.
     *
     * @param x ascending
     * @param y as many
     */
    public record Curve(String name, List<Double> x, List<Double> y) {
        public Curve {
            x = List.copyOf(x);
            y = List.copyOf(y);
            if (x.size() != y.size()) {
                throw new IllegalArgumentException(
                        "curve " + name + " has " + x.size() + " and " + y.size() + " values");
            }
        }
    }

    public StudyResult {
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
    }
}
