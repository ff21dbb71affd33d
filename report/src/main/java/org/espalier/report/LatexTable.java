package org.espalier.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table in LaTeX, with the rules of package booktabs: a {@code table} environment to be read with {@code \\input} by a
 * document that loads booktabs and graphicx. Blocks of the same columns that no page would hold side by side stand below
 * each other; what is wider than the lines all the same is made smaller.
 */
public final class LatexTable {
    /** What a line of a page with usual margins holds, in points. */
    private static final double WIDE = 440;

    /** About what a character takes in type of ten points, and what lies between two columns. */
    private static final double CHARACTER = 4.8;

    private static final double BETWEEN = 12;

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
        text.append("  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n");
        if (width(table) > WIDE && alike(table.blocks())) {
            below(text, table);
        } else {
            beside(text, table);
        }
        text.append("    \\bottomrule\n  \\end{tabular}}\n");
        if (!table.notes().isEmpty()) {
            text.append("\n  \\smallskip\n  \\begin{minipage}{\\linewidth}\\footnotesize\n");
            text.append(table.notes().stream()
                    .map(note -> "    " + escape(note) + ".")
                    .collect(Collectors.joining(" \\\\\n")));
            text.append("\n  \\end{minipage}\n");
        }
        return text.append("\\end{table}\n").toString();
    }

    private static void beside(StringBuilder text, Table table) {
        text.append("  \\begin{tabular}{").append(columns(table.keys()));
        table.blocks().forEach(block -> text.append(columns(block)));
        text.append("}\n    \\toprule\n");
        if (table.blocks().stream().anyMatch(block -> !block.name().isEmpty())) {
            names(text, table);
        }
        var headings = new ArrayList<>(table.keys().headings());
        table.blocks().forEach(block -> headings.addAll(block.headings()));
        line(text, headings);
        text.append("    \\midrule\n");
        rows(text, table.keys(), table.blocks());
    }

    /** Blocks of the same columns, one below the other under one line of headings. */
    private static void below(StringBuilder text, Table table) {
        Table.Block first = table.blocks().getFirst();
        text.append("  \\begin{tabular}{")
                .append(columns(table.keys()))
                .append(columns(first))
                .append("}\n    \\toprule\n");
        var headings = new ArrayList<>(table.keys().headings());
        headings.addAll(first.headings());
        line(text, headings);
        for (Table.Block block : table.blocks()) {
            text.append(block == first ? "    \\midrule\n" : "    \\addlinespace\n")
                    .append("    \\multicolumn{")
                    .append(headings.size())
                    .append("}{c}{")
                    .append(escape(block.name()))
                    .append("} \\\\\n");
            rows(text, table.keys(), List.of(block));
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
        return (block.words() ? "l" : "r").repeat(block.headings().size());
    }

    /** The line of blocks' names, each above a rule over its columns. */
    private static void names(StringBuilder text, Table table) {
        text.append("    ").append("& ".repeat(table.keys().headings().size() - 1));
        var rules = new StringBuilder();
        int column = table.keys().headings().size() + 1;
        for (Table.Block block : table.blocks()) {
            int width = block.headings().size();
            text.append("& \\multicolumn{")
                    .append(width)
                    .append("}{c}{")
                    .append(escape(block.name()))
                    .append("} ");
            rules.append(" \\cmidrule(lr){")
                    .append(column)
                    .append('-')
                    .append(column + width - 1)
                    .append('}');
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
     * that stands alone a dash, and a P_m the paper's symbol.
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
        return safe.toString()
                .replace("P\\_m", "$P_m$")
                .replace("+-", "$\\pm$")
                .replaceAll("(?<![\\w.)-])-(?=[0-9])", "\\$-\\$")
                .replaceAll("(?<![\\w$-])-(?![\\w$-])", "--");
    }
}
