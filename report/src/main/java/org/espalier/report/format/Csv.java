package org.espalier.report.format;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.espalier.UserException;

/** Rows of text as CSV, in the form of all files of the report. */
public final class Csv {
    /** Fields quoted where need be, lines ended by a single line feed. */
    static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator("\n").get();

    /** What is read: the first line names the columns. */
    private static final CSVFormat HEADED =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private Csv() {}

    /**
     * The rows of a file with a heading, each by column.
     *
     * @throws UserException naming the file, if it cannot be read or a row has another number of fields
     */
    public static List<Map<String, String>> read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return rows(reader, file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The same of a text that is to be written to a file.
     *
     * @throws UserException naming the file, if a row has another number of fields
     */
    public static List<Map<String, String>> rows(String text, Path file) {
        return rows(new StringReader(text), file);
    }

    private static List<Map<String, String>> rows(Reader reader, Path file) {
        try {
            CSVParser parser = HEADED.parse(reader);
            List<CSVRecord> records = parser.getRecords();
            for (CSVRecord record : records) {
                if (!record.isConsistent()) {
                    throw new UserException(
                            file + " has " + record.size() + " fields in row " + record.getRecordNumber()
                                    + "; expected " + parser.getHeaderNames().size());
                }
            }
            return records.stream().map(CSVRecord::toMap).toList();
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The columns of a file with a heading, in its order.
     *
     * @throws UserException naming the file, if it cannot be read
     */
    public static List<String> columns(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return columns(reader, file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The same of a text that is to be written to a file. */
    public static List<String> columns(String text, Path file) {
        return columns(new StringReader(text), file);
    }

    private static List<String> columns(Reader reader, Path file) {
        try {
            return HEADED.parse(reader).getHeaderNames();
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Refuses a file with other columns.
     *
     * @throws UserException naming the file, its columns and those expected
     */
    public static void requireColumns(Path file, List<String> expected) {
        List<String> found = columns(file);
        if (!found.equals(expected)) {
            throw new UserException(
                    file + " has " + (found.isEmpty() ? "no columns" : "the columns " + String.join(", ", found))
                            + "; expected " + String.join(", ", expected));
        }
    }

    private static UserException unreadable(Path file, Exception e) {
        return new UserException(
                file + " cannot be read: " + e.getMessage() + "; expected a CSV file with a heading", e);
    }

    /** The whole file, header included, lines ended by a single line feed. */
    public static String of(List<String> columns, List<List<String>> rows) {
        var text = new StringBuilder();
        try (var printer = new CSVPrinter(text, FORMAT)) {
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
