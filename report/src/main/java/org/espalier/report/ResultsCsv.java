package org.espalier.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * The tidy table of everything measured: one row a measurement, natural examples as attack {@code none}.
 *
 * <p>Rows are sorted by data set, objective, strategy, trial, level, iteration, split and attack (natural first), and
 * numbers are written with the fewest digits that read back as the same value, without an exponent, so that equal
 * stores give equal bytes. A level that several strategies share stands once for each of them.
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

    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator("\n").get();

    private record Row(Arm arm, Series series, Point point) {}

    private static final Comparator<Row> ORDER = Comparator.comparing(
                    (Row r) -> r.arm().dataset())
            .thenComparing(r -> r.arm().objective())
            .thenComparing(r -> r.series().strategy())
            .thenComparingInt(r -> r.series().trial())
            .thenComparingInt(r -> r.series().level())
            .thenComparingInt(r -> r.point().iteration())
            .thenComparing(r -> r.point().split())
            .thenComparing(r -> !r.point().attack().equals(Point.NATURAL))
            .thenComparing(r -> r.point().attack());

    private ResultsCsv() {}

    /** The whole file, header included, lines ended by a single line feed. */
    public static String of(Results results) {
        var rows = new ArrayList<Row>();
        for (Arm arm : results.arms()) {
            for (Series series : arm.series()) {
                series.points().forEach(point -> rows.add(new Row(arm, series, point)));
            }
        }
        rows.sort(ORDER);
        var text = new StringBuilder();
        try (var printer = new CSVPrinter(text, FORMAT)) {
            printer.printRecord(COLUMNS);
            for (Row row : rows) {
                printer.printRecord(
                        row.arm().dataset(),
                        row.arm().objective(),
                        row.series().strategy(),
                        row.series().trial(),
                        row.series().level(),
                        number(row.series().density()),
                        row.point().iteration(),
                        row.point().split(),
                        row.point().attack(),
                        number(row.point().accuracy()),
                        number(row.point().loss()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    /** The shortest decimal that reads back as the value, without an exponent; NaN and Infinity by name. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value));
        return shortest.signum() == 0 ? "0" : shortest.stripTrailingZeros().toPlainString();
    }
}
