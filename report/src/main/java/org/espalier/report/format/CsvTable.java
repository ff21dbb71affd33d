package org.espalier.report.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVPrinter;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.table.Table;
import org.espalier.report.table.VerdictTable;

/**
 * A table as CSV, with the same rounded figures as its other forms: a heading of its block's name and its own; of cells
 * {@code mean (deviation)} and {@code mean [low, high]} each number a column of its own, without separators between
 * thousands; of cells {@code natural training / adversarial training} both sides likewise; empty where nothing is shown.
 */
public final class CsvTable {
    private static final String NUMBER = "[+-]?[0-9][0-9,]*(?:\\.[0-9]+)?";

    /** Marks beside numbers: of the rules, which have a column of their own, and of networks at chance. */
    private static final String MARK = "[?!*]?";

    private static final Pattern SPREAD = Pattern.compile("(" + NUMBER + ") \\((" + NUMBER + "|-)\\)" + MARK);
    private static final Pattern RANGE = Pattern.compile("(" + NUMBER + ") \\[(" + NUMBER + "), (" + NUMBER + ")]");

    private static final String PAIR = " / ";

    private CsvTable() {}

    /** The whole file, header included, lines ended by a single line feed. */
    public static String of(Table table) {
        var headings = new ArrayList<String>();
        List<List<String>> rows = new ArrayList<>();
        table.keys().rows().forEach(_ -> rows.add(new ArrayList<>()));
        add(table.keys(), headings, rows);
        table.blocks().forEach(block -> add(block, headings, rows));
        var text = new StringBuilder();
        try (var printer = new CSVPrinter(text, Csv.FORMAT)) {
            printer.printRecord(headings);
            for (List<String> row : rows) {
                printer.printRecord(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }

    private static void add(Table.Block block, List<String> headings, List<List<String>> rows) {
        for (int c = 0; c < block.headings().size(); c++) {
            int column = c;
            List<String> cells =
                    block.rows().stream().map(row -> row.get(column)).toList();
            if (!cells.isEmpty() && cells.stream().allMatch(cell -> cell.contains(PAIR))) {
                add(side(block, c, 0, " natural training"), headings, rows);
                add(side(block, c, 1, " adversarial training"), headings, rows);
                continue;
            }
            String heading = (block.name() + " " + block.headings().get(c)).strip();
            if (cells.stream().anyMatch(cell -> SPREAD.matcher(cell).matches())) {
                headings.addAll(List.of(heading, heading + " deviation"));
                split(cells, SPREAD, rows);
            } else if (cells.stream().anyMatch(cell -> RANGE.matcher(cell).matches())) {
                headings.addAll(List.of(heading, heading + " low", heading + " high"));
                split(cells, RANGE, rows);
            } else {
                headings.add(heading);
                for (int r = 0; r < cells.size(); r++) {
                    rows.get(r).add(plain(cells.get(r)));
                }
            }
        }
    }

    /** One side of a column of pairs, as a column. */
    private static Table.Block side(Table.Block block, int column, int side, String name) {
        return new Table.Block(
                block.name(),
                List.of(block.headings().get(column) + name),
                block.rows().stream()
                        .map(row -> List.of(row.get(column).split(PAIR, -1)[side]))
                        .toList());
    }

    private static void split(List<String> cells, Pattern pattern, List<List<String>> rows) {
        int groups = pattern.matcher("").groupCount();
        for (int r = 0; r < cells.size(); r++) {
            Matcher matcher = pattern.matcher(cells.get(r));
            boolean matches = matcher.matches();
            for (int g = 1; g <= groups; g++) {
                rows.get(r).add(matches ? plain(matcher.group(g)) : g == 1 ? plain(cells.get(r)) : "");
            }
        }
    }

    private static String plain(String cell) {
        if (cell.equals(AccuracyTable.PENDING) || cell.equals(VerdictTable.NONE)) {
            return "";
        }
        return cell.matches(NUMBER + MARK) ? cell.replaceAll("[,?!*]", "") : cell;
    }
}
