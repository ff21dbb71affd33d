package org.espalier.cli.reference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.espalier.report.format.Csv;

/**
 * The rows of a table whose figures come from CSV files. A comment before the table says how:
 *
 * <pre>{@code <!-- rows: FILE, ... | where COLUMN=VALUE | by COLUMN, ... | CELL | CELL ... -->}</pre>
 *
 * <p>{@code where COLUMN!=VALUE} leaves out records. There is one row for each combination of the values of the columns after
 * {@code by}, in the order of the files. A {@code CELL} is one of these, with decimals where they are not 1:
 *
 * <ul>
 *   <li>{@code text COLUMN}: as in the file; all records of the row have the same
 *   <li>{@code code COLUMN}: the same, set as code
 *   <li>{@code share COLUMN DECIMALS}: one number times 100, with a percent sign
 *   <li>{@code mean COLUMN DECIMALS}: mean and sample standard deviation over the records, times 100
 *   <li>{@code raw COLUMN DECIMALS}: the same, not multiplied
 *   <li>{@code spread COLUMN DECIMALS}: one number, and behind it the column {@code COLUMN-deviation}, if it has a value
 *   <li>{@code change COLUMN DECIMALS}: the same as {@code mean}, of differences to the table's first row by trial
 *   <li>{@code trials}: number of trials
 * </ul>
 *
 * <p>The column {@code file} is the name of the file without its ending.
 */
record CheckedTable(List<Map<String, String>> records, List<String> by, List<String> cells) {
    static final Pattern MARKER = Pattern.compile("<!-- rows: (.*?) -->", Pattern.DOTALL);

    /** Reads the records that a marker names. */
    static CheckedTable of(Path folder, String marker) {
        List<String> parts =
                List.of(marker.split("\\|")).stream().map(String::strip).toList();
        List<Map<String, String>> records = new ArrayList<>();
        for (String file : parts.getFirst().split(",")) {
            records.addAll(read(folder.resolve(file.strip())));
        }
        List<String> by = List.of();
        List<String> cells = new ArrayList<>();
        for (String part : parts.subList(1, parts.size())) {
            if (part.startsWith("where ")) {
                String[] condition = part.substring("where ".length()).split("!?=", 2);
                boolean wanted = !part.contains("!=");
                records.removeIf(record -> value(record, condition[0]).equals(condition[1]) != wanted);
            } else if (part.startsWith("by ")) {
                by = List.of(part.substring("by ".length()).split(" *, *"));
            } else {
                cells.add(part);
            }
        }
        if (records.isEmpty() || by.isEmpty() || cells.isEmpty()) {
            throw new AssertionError("no records, no columns after 'by' or no cells: " + marker);
        }
        return new CheckedTable(records, by, cells);
    }

    private static List<Map<String, String>> read(Path file) {
        List<Map<String, String>> records = new ArrayList<>();
        for (Map<String, String> row : Csv.read(file)) {
            Map<String, String> values = new LinkedHashMap<>(row);
            values.put("file", String.valueOf(file.getFileName()).replace(".csv", ""));
            records.add(values);
        }
        return records;
    }

    private static String value(Map<String, String> record, String column) {
        return Objects.requireNonNull(record.get(column), () -> "no column " + column + " in " + record.keySet());
    }

    /** The table's body in Markdown, a line each. */
    List<String> rows() {
        Map<List<String>, List<Map<String, String>>> groups = new LinkedHashMap<>();
        for (Map<String, String> record : records) {
            groups.computeIfAbsent(
                            by.stream().map(column -> value(record, column)).toList(), _ -> new ArrayList<>())
                    .add(record);
        }
        List<Map<String, String>> first = groups.values().iterator().next();
        return groups.values().stream()
                .map(group -> "| "
                        + String.join(
                                " | ",
                                cells.stream()
                                        .map(cell -> cell(cell, group, first))
                                        .toList())
                        + " |")
                .toList();
    }

    private static String cell(String cell, List<Map<String, String>> group, List<Map<String, String>> first) {
        String[] words = cell.split(" +");
        if (words[0].equals("trials")) {
            return Long.toString(group.stream()
                    .map(record -> value(record, "trial"))
                    .distinct()
                    .count());
        }
        int decimals = words.length > 2 ? Integer.parseInt(words[2]) : 1;
        return switch (words[0]) {
            case "text" -> only(group, words[1]);
            case "code" -> "`" + only(group, words[1]) + "`";
            case "share" -> format(100 * Double.parseDouble(only(group, words[1])), decimals, "") + " %";
            case "mean" -> mean(numbers(group, words[1], 100), decimals, "");
            case "raw" -> mean(numbers(group, words[1], 1), decimals, "");
            case "spread" -> spread(group, words[1], decimals);
            case "change" -> group == first ? "" : mean(changes(group, first, words[1]), decimals, "+");
            default -> throw new AssertionError("no such cell: " + cell);
        };
    }

    private static String only(List<Map<String, String>> group, String column) {
        var values = new LinkedHashSet<String>();
        group.forEach(record -> values.add(value(record, column)));
        if (values.size() != 1) {
            throw new AssertionError("column " + column + " has several values in one row: " + values);
        }
        return values.getFirst();
    }

    private static String spread(List<Map<String, String>> group, String column, int decimals) {
        String number = format(Double.parseDouble(only(group, column)), decimals, "");
        String deviation = only(group, column + "-deviation");
        return deviation.isEmpty() ? number : number + " (" + format(Double.parseDouble(deviation), decimals, "") + ")";
    }

    private static List<Double> numbers(List<Map<String, String>> group, String column, double factor) {
        return group.stream()
                .map(record -> factor * Double.parseDouble(value(record, column)))
                .toList();
    }

    /** Differences of the records of each trial to those of the same trial in another row. */
    private static List<Double> changes(
            List<Map<String, String>> group, List<Map<String, String>> first, String column) {
        Map<String, Double> before = new LinkedHashMap<>();
        for (Map<String, String> record : first) {
            if (before.put(value(record, "trial"), Double.parseDouble(value(record, column))) != null) {
                throw new AssertionError("a trial has several records in one row: " + record);
            }
        }
        return group.stream()
                .filter(record -> before.containsKey(value(record, "trial")))
                .map(record -> 100
                        * (Double.parseDouble(value(record, column))
                                - Objects.requireNonNull(before.get(value(record, "trial")))))
                .toList();
    }

    private static String mean(List<Double> numbers, int decimals, String sign) {
        double mean = numbers.stream().mapToDouble(n -> n).average().orElse(Double.NaN);
        if (numbers.size() < 2) {
            return format(mean, decimals, sign);
        }
        double squares =
                numbers.stream().mapToDouble(n -> (n - mean) * (n - mean)).sum();
        return format(mean, decimals, sign) + " (" + format(Math.sqrt(squares / (numbers.size() - 1)), decimals, "")
                + ")";
    }

    private static String format(double number, int decimals, String sign) {
        // Sums of decimals are a little off: a half is rounded as it would be on paper.
        double shifted = number + Math.signum(number) * 1e-9;
        return String.format(Locale.ROOT, "%" + sign + "." + decimals + "f", shifted);
    }
}
