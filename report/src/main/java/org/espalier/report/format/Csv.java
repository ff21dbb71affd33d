package org.espalier.report.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.csv.CSVPrinter;

/** Rows of text as CSV, in the form of all files of the report. */
public final class Csv {
    private Csv() {}

    /** The whole file, header included, lines ended by a single line feed. */
    public static String of(List<String> columns, List<List<String>> rows) {
        var text = new StringBuilder();
        try (var printer = new CSVPrinter(text, ResultsCsv.FORMAT)) {
            printer.printRecord(columns);
            for (List<String> row : rows) {
                printer.printRecord(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }
}
