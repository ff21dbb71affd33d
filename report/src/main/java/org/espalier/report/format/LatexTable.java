package org.espalier.report.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.report.notation.Signs;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.table.Table;

/**
 * A table in LaTeX, with the rules of package booktabs: a {@code table} environment to be read with {@code \\input} by a
 * document that loads booktabs and graphicx. Blocks that no page would hold side by side stand below each other; what is
 * wider than the lines all the same is made smaller.
 */
public final class LatexTable {
    /** What a line of a page with usual margins holds, in points. */
    private static final double WIDE = 440;

    /** About what a character takes in type of ten points, and what lies between two columns. */
    private static final double CHARACTER = 4.8;

    private static final double BETWEEN = 12;

    /** Lines of tables below each other and of notes that a page holds. */
    private static final int LONG = 54;

    /** About how many characters a line of a note has. */
    private static final int NOTE = 90;

    private static final Pattern REMAINING = Pattern.compile("\\bP\\\\_m\\b");

    /** A hyphen between two numbers that are no part of a name. */
    private static final Pattern RANGE = Pattern.compile("(?<![\\w.-])([0-9.]+)-([0-9.]+)(?![\\w-])");

    /** A hyphen that joins nothing. */
    private static final Pattern ALONE = Pattern.compile("(?<![\\w$-])-(?![\\w$-])");

    private LatexTable() {}

    /**
     * Writes the table, ended by a line feed.
     *
     * @param label what {@code \\ref} calls it, of letters, digits, dots and dashes
     */
    public static String of(Table table, String label) {
        var text = new StringBuilder();
        text.append("% needs \\usepackage{booktabs,graphicx}\n");
        text.append("\\begin{table}\n  \\centering\n");
        text.append("  \\caption{").append(escape(table.caption())).append("}\n");
        text.append("  \\label{tab:").append(label).append("}\n");
        if (width(table) > WIDE && alike(table.blocks())) {
            below(text, table);
        } else {
            List<List<Table.Block>> groups = groups(table);
            // More lines than a page holds go on in a float of their own.
            boolean apart = groups.size() > 1 && lines(table, groups.size()) > LONG;
            for (List<Table.Block> group : groups) {
                if (group != groups.getFirst()) {
                    if (apart) {
                        another(text, table);
                    } else {
                        text.append("\n  \\medskip\n");
                    }
                }
                text.append(groups.size() > 1 ? "  \\footnotesize\n" : "");
                begin(text);
                beside(text, table.keys(), group);
                end(text);
            }
        }
        if (!table.notes().isEmpty()) {
            text.append("\n  \\smallskip\n  \\begin{minipage}{\\linewidth}\\footnotesize\n");
            text.append(table.notes().stream()
                    .map(note -> "    " + escape(note) + ".")
                    .collect(Collectors.joining(" \\\\\n")));
            text.append("\n  \\end{minipage}\n");
        }
        return text.append("\\end{table}\n").toString();
    }

    /** About how many lines a table takes, in so many parts below each other, headings and notes included. */
    private static int lines(Table table, int parts) {
        return parts * (table.keys().rows().size() + 4)
                + table.notes().stream()
                        .mapToInt(note -> Math.ceilDiv(note.length(), NOTE))
                        .sum();
    }

    /** Blocks in their order, as many together as stand side by side with the keys; at least one. */
    private static List<List<Table.Block>> groups(Table table) {
        var groups = new ArrayList<List<Table.Block>>();
        double room = 0;
        for (Table.Block block : table.blocks()) {
            if (groups.isEmpty() || width(block) > room) {
                groups.add(new ArrayList<>());
                room = WIDE - width(table.keys());
            }
            groups.getLast().add(block);
            room -= width(block);
        }
        return groups.isEmpty() ? List.of(List.of()) : groups;
    }

    /** What is wider than a line is made as wide as that. */
    private static void begin(StringBuilder text) {
        text.append("  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n");
    }

    private static void end(StringBuilder text) {
        text.append("    \\bottomrule\n  \\end{tabular}}\n");
    }

    private static void beside(StringBuilder text, Table.Block keys, List<Table.Block> blocks) {
        text.append("  \\begin{tabular}{").append(columns(keys));
        blocks.forEach(block -> text.append(columns(block)));
        text.append("}\n    \\toprule\n");
        if (blocks.stream().anyMatch(block -> !block.name().isEmpty())) {
            names(text, keys, blocks);
        }
        var headings = new ArrayList<>(keys.headings());
        blocks.forEach(block -> headings.addAll(block.headings()));
        line(text, headings);
        text.append("    \\midrule\n");
        rows(text, keys, blocks);
    }

    /** Ends a float and begins the next, under the same number. */
    private static void another(StringBuilder text, Table table) {
        text.append("\\end{table}\n\\begin{table}\n  \\centering\n  \\addtocounter{table}{-1}\n");
        text.append("  \\caption{").append(escape(table.caption())).append(" (continued)}\n");
    }

    /** Blocks of the same columns, one below the other, in as many floats as their lines need. */
    private static void below(StringBuilder text, Table table) {
        List<Table.Block> blocks = table.blocks();
        boolean small = lines(table, blocks.size()) > LONG;
        int notes = lines(table, 0);
        // A block and its notes may fill a page: then each has a float of its own.
        int together = Math.clamp((LONG - notes) / (lines(table, 1) - notes), 1, blocks.size());
        for (int from = 0; from < blocks.size(); from += together) {
            if (from > 0) {
                another(text, table);
            }
            text.append(small ? "  \\footnotesize\n" : "");
            begin(text);
            below(text, table.keys(), blocks.subList(from, Math.min(blocks.size(), from + together)));
            end(text);
        }
    }

    /** Blocks of the same columns in one tabular, under one line of headings. */
    private static void below(StringBuilder text, Table.Block keys, List<Table.Block> blocks) {
        Table.Block first = blocks.getFirst();
        text.append("  \\begin{tabular}{")
                .append(columns(keys))
                .append(columns(first))
                .append("}\n    \\toprule\n");
        var headings = new ArrayList<>(keys.headings());
        headings.addAll(first.headings());
        line(text, headings);
        for (Table.Block block : blocks) {
            text.append(block == first ? "    \\midrule\n" : "    \\addlinespace\n")
                    .append("    \\multicolumn{")
                    .append(headings.size())
                    .append("}{c}{")
                    .append(escape(block.name()))
                    .append("} \\\\\n");
            rows(text, keys, List.of(block));
        }
    }

    private static void rows(StringBuilder text, Table.Block keys, List<Table.Block> blocks) {
        for (int r = 0; r < keys.rows().size(); r++) {
            var cells = new ArrayList<>(keys.rows().get(r));
            for (Table.Block block : blocks) {
                cells.addAll(block.rows().get(r));
            }
            line(text, cells);
        }
    }

    private static boolean alike(List<Table.Block> blocks) {
        return blocks.size() > 1
                && blocks.stream().map(Table.Block::headings).distinct().count() == 1
                && blocks.stream().map(Table.Block::words).distinct().count() == 1
                && blocks.stream().noneMatch(block -> block.name().isEmpty());
    }

    /** About how many points the table takes with its blocks side by side. */
    private static double width(Table table) {
        return width(table.keys())
                + table.blocks().stream().mapToDouble(LatexTable::width).sum();
    }

    private static double width(Table.Block block) {
        double width = 0;
        for (int c = 0; c < block.headings().size(); c++) {
            int column = c;
            int characters = block.rows().stream()
                    .mapToInt(row -> row.get(column).length())
                    .max()
                    .orElse(0);
            width += BETWEEN
                    + CHARACTER * Math.max(characters, block.headings().get(c).length());
        }
        return width;
    }

    private static String columns(Table.Block block) {
        return IntStream.range(0, block.headings().size())
                .mapToObj(column -> block.words(column) ? "l" : "r")
                .collect(Collectors.joining());
    }

    /** The line of blocks' names, each above a rule over its columns. */
    private static void names(StringBuilder text, Table.Block keys, List<Table.Block> blocks) {
        text.append("    ").append("& ".repeat(keys.headings().size() - 1));
        var rules = new StringBuilder();
        int column = keys.headings().size() + 1;
        for (Table.Block block : blocks) {
            int width = block.headings().size();
            text.append("& \\multicolumn{")
                    .append(width)
                    .append("}{c}{")
                    .append(escape(block.name()))
                    .append("} ");
            if (!block.name().isEmpty()) {
                rules.append(" \\cmidrule(lr){")
                        .append(column)
                        .append('-')
                        .append(column + width - 1)
                        .append('}');
            }
            column += width;
        }
        text.append("\\\\\n   ").append(rules).append('\n');
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(LatexTable::cell).collect(Collectors.joining(" & ", "    ", " \\\\\n")));
    }

    private static String cell(String text) {
        return text.equals(AccuracyTable.PENDING) ? "\\ldots" : escape(text);
    }

    /**
     * Names come from the user's file: what LaTeX would read as a command is shown as text. A number's hyphen is a minus, one
     * that stands alone or between numbers a dash, and a P_m the paper's symbol.
     */
    static String escape(String text) {
        var safe = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\\' -> safe.append("\\textbackslash{}");
                case '~' -> safe.append("\\textasciitilde{}");
                case '^' -> safe.append("\\textasciicircum{}");
                case '&', '%', '$', '#', '_', '{', '}' -> safe.append('\\').append(c);
                case '<', '>' -> safe.append('$').append(c).append('$');
                case '[', ']' -> safe.append('{').append(c).append('}');
                case '\n', '\r' -> safe.append(' ');
                default -> safe.append(c);
            }
        }
        String signed = REMAINING
                .matcher(safe)
                .replaceAll("\\$P_m\\$")
                .replace("$<$=", "$\\leq$")
                .replace("+-", "$\\pm$");
        String ranged = RANGE.matcher(signed).replaceAll("$1--$2");
        return ALONE.matcher(Signs.MINUS.matcher(ranged).replaceAll("\\$-\\$")).replaceAll("--");
    }
}
