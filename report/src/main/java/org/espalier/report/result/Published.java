package org.espalier.report.result;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.espalier.UserException;

/**
 * Accuracies that others have published, to stand beside ours. They come from CSV files of one form, described in
 * docs/guides/report.md; the paper's are bundled.
 *
 * @param values in the order of the files
 */
public record Published(List<Value> values) {
    private static final List<String> COLUMNS = List.of(
            "source",
            "dataset",
            "attack",
            "training",
            "measured",
            "strategy",
            "iteration",
            "trials",
            "density",
            "accuracy",
            "deviation");

    /** Densities are published with one decimal: this far apart they are the same. */
    private static final double ROUNDING = 0.05 + 1e-9;

    /**
     * One published accuracy.
     *
     * @param source who published it, for the table
     * @param dataset data set's name
     * @param attack the attack that the column is about: trained against, or measured under, or both
     * @param adversarial whether the network was trained against the attack; if not, naturally
     * @param attacked whether accuracy was measured under the attack; if not, on natural images
     * @param strategy restart strategy as the source names it
     * @param iteration iteration measured at
     * @param trials number of trials
     * @param density weights remaining, percent
     * @param accuracy mean, percent
     * @param deviation sample standard deviation over trials, percentage points; empty if not published
     * @param place where the source has it, such as a table's number; may be empty
     */
    public record Value(
            String source,
            String dataset,
            String attack,
            boolean adversarial,
            boolean attacked,
            String strategy,
            int iteration,
            int trials,
            double density,
            double accuracy,
            Optional<Double> deviation,
            String place) {}

    public Published {
        values = List.copyOf(values);
    }

    /** What is bundled: tables 1 and 2 of the paper (Cosentino, Zaiter, Pei and Zhu, 2019). */
    public static Published bundled() {
        try (InputStream stream =
                        Objects.requireNonNull(Published.class.getResourceAsStream("published.csv"), "published.csv");
                Reader reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            return new Published(parse(reader, "published.csv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is bundled, and what stands in more files.
     *
     * @throws UserException naming file, line and column of what is wrong
     */
    public static Published with(List<Path> files) {
        var values = new ArrayList<>(bundled().values());
        for (Path file : files) {
            try (Reader reader = Files.newBufferedReader(file)) {
                values.addAll(parse(reader, file.toString()));
            } catch (NoSuchFileException e) {
                throw new UserException(file + " is missing: expected a CSV file of published accuracies", e);
            } catch (IOException | UncheckedIOException e) {
                throw new UserException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
        return new Published(values);
    }

    /** Who published anything on a data set and strategy, in the order of the files. */
    public List<String> sources(String dataset, String strategy) {
        return values.stream()
                .filter(v -> v.dataset().equals(dataset) && same(v.strategy(), strategy))
                .map(Value::source)
                .distinct()
                .toList();
    }

    /** Whether anything is published at a density (share, 0 to 1), on whatever data set. */
    public boolean shows(double density) {
        return values.stream().anyMatch(v -> Math.abs(v.density() - density * 100) <= ROUNDING);
    }

    /** The value of a source for a cell, if it has one. */
    public Optional<Value> find(
            String source,
            String dataset,
            String attack,
            boolean adversarial,
            boolean attacked,
            String strategy,
            double density) {
        return values.stream()
                .filter(v -> v.source().equals(source)
                        && v.dataset().equals(dataset)
                        && v.attack().equals(attack)
                        && v.adversarial() == adversarial
                        && v.attacked() == attacked
                        && same(v.strategy(), strategy)
                        && Math.abs(v.density() - density * 100) <= ROUNDING)
                .findFirst();
    }

    /** What the paper calls original is what its code did, which is our as-published. */
    public static boolean same(String published, String ours) {
        return published.equals(ours) || published.equals("original") && ours.equals("as-published");
    }

    private static List<Value> parse(Reader reader, String source) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setIgnoreSurroundingSpaces(true)
                .get();
        var values = new ArrayList<Value>();
        try (CSVParser parser = CSVParser.parse(reader, format)) {
            if (!parser.getHeaderNames().containsAll(COLUMNS)) {
                throw new UserException(source + " has the columns " + String.join(", ", parser.getHeaderNames())
                        + ", expected " + String.join(", ", COLUMNS));
            }
            for (CSVRecord row : parser) {
                values.add(new Row(row, source + ", line " + parser.getCurrentLineNumber()).value());
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " is no CSV file as expected: " + e.getMessage(), e);
        }
        return values;
    }

    private record Row(CSVRecord row, String source) {
        Value value() {
            String deviation = text("deviation");
            return new Value(
                    named("source"),
                    named("dataset"),
                    named("attack"),
                    either("training", "adversarial", "natural"),
                    either("measured", "attacked", "natural"),
                    named("strategy"),
                    (int) number("iteration", Integer.MAX_VALUE),
                    (int) number("trials", Integer.MAX_VALUE),
                    number("density", 100),
                    number("accuracy", 100),
                    deviation.isEmpty() ? Optional.empty() : Optional.of(number("deviation", 100)),
                    row.isMapped("place") && row.isSet("place") ? row.get("place") : "");
        }

        private String text(String column) {
            if (!row.isSet(column)) {
                throw new UserException(source + ": " + column + " is missing");
            }
            return row.get(column);
        }

        private String named(String column) {
            if (text(column).isEmpty()) {
                throw new UserException(source + ": " + column + " is empty, expected a name");
            }
            return text(column);
        }

        private boolean either(String column, String yes, String no) {
            String found = text(column);
            if (!found.equals(yes) && !found.equals(no)) {
                throw new UserException(source + ": " + column + " is '" + found + "', expected " + yes + " or " + no);
            }
            return found.equals(yes);
        }

        private double number(String column, double most) {
            double number;
            try {
                number = Double.parseDouble(text(column));
            } catch (NumberFormatException e) {
                number = Double.NaN;
            }
            if (!(number >= 0 && number <= most)) {
                throw new UserException(source + ": " + column + " is '" + text(column) + "', expected a number"
                        + (most == 100 ? " from 0 to 100 (percent)" : " from 0"));
            }
            return number;
        }
    }
}
