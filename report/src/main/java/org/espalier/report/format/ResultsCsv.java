package org.espalier.report.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Series;

/**
 * The tidy table of everything measured: one row a measurement, natural examples as attack {@code none}.
 *
 * <p>Rows are sorted by data set, objective, strategy, trial, level, iteration, split and attack (natural first), and
 * numbers are written with the fewest digits that read back as the same value, without an exponent, so that equal
 * stores give equal bytes. A loss that is not finite is an empty cell. A level that several strategies share stands once for each of them.
 */
public final class ResultsCsv {
    /** The columns, in order. */
    public static final List<String> COLUMNS = List.of(
            "dataset",
            "objective",
            "strategy",
            "trial",
            "level",
            "density",
            "iteration",
            "split",
            "attack",
            "accuracy",
            "loss");

    private record Curve(Cell cell, Series series) {}

    /** Points are in order within a series. */
    private static final Comparator<Curve> ORDER = Comparator.comparing(
                    (Curve c) -> c.cell().dataset())
            .thenComparing(c -> c.cell().objective())
            .thenComparing(c -> c.series().strategy())
            .thenComparingInt(c -> c.series().trial())
            .thenComparingInt(c -> c.series().level());

    private ResultsCsv() {}

    /** The whole file, header included, lines ended by a single line feed. */
    public static String of(Results results) {
        var text = new StringBuilder();
        try {
            write(results, text);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    /** Writes the same piece by piece: a full grid's has a hundred megabytes. */
    public static void write(Results results, Appendable text) throws IOException {
        var curves = new ArrayList<Curve>();
        for (Cell cell : results.cells()) {
            cell.series().forEach(series -> curves.add(new Curve(cell, series)));
        }
        curves.sort(ORDER);
        text.append(Csv.FORMAT.format(COLUMNS.toArray())).append('\n');
        Map<String, String> quoted = new HashMap<>();
        for (Curve curve : curves) {
            String key = Csv.FORMAT.format(
                            curve.cell().dataset(),
                            curve.cell().objective(),
                            curve.series().strategy(),
                            curve.series().trial(),
                            curve.series().level(),
                            Numbers.shortestIfKnown(curve.series().density()))
                    + ",";
            for (Point point : curve.series().points()) {
                text.append(key)
                        .append(Integer.toString(point.iteration()))
                        .append(',')
                        .append(quoted.computeIfAbsent(point.split(), Csv.FORMAT::format))
                        .append(',')
                        .append(quoted.computeIfAbsent(point.attack(), Csv.FORMAT::format))
                        .append(',')
                        .append(Numbers.shortestIfKnown(point.accuracy()))
                        .append(',')
                        .append(Numbers.shortestIfKnown(point.loss()))
                        .append('\n');
            }
        }
    }
}
