package org.espalier.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table in LaTeX, with the rules of package booktabs: a {@code table} environment to be read with {@code \\input} by a
 * document that loads booktabs.
 */
public final class LatexTable {
    private LatexTable() {}

    /**
     * Writes the table, ended by a line feed.
     *
     * @param label what {@code \\ref} calls it, of letters, digits, dots and dashes
     */
    public static String of(Table table, String label) {
        var text = new StringBuilder();
        text.append("% needs \\usepackage{booktabs}\n");
        text.append("\\begin{table}\n  \\centering\n");
        text.append("  \\caption{").append(escape(table.caption())).append("}\n");
        text.append("  \\label{tab:").append(label).append("}\n");
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
        for (int r = 0; r < table.keys().rows().size(); r++) {
            var cells = new ArrayList<>(table.keys().rows().get(r));
            for (Table.Block block : table.blocks()) {
                cells.addAll(block.rows().get(r));
            }
            line(text, cells);
        }
        text.append("    \\bottomrule\n  \\end{tabular}\n");
        if (!table.notes().isEmpty()) {
            text.append("\n  \\smallskip\n  \\begin{minipage}{\\linewidth}\\footnotesize\n");
            text.append(table.notes().stream()
                    .map(note -> "    " + escape(note) + ".")
                    .collect(Collectors.joining(" \\\\\n")));
            text.append("\n  \\end{minipage}\n");
        }
        return text.append("\\end{table}\n").toString();
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

    /** A number's hyphen is a minus, and a P_m is the paper's symbol. */
    private static String cell(String text) {
        if (text.equals(AccuracyTable.PENDING)) {
            return "\\ldots";
        }
        return text.matches("-[0-9].*") ? "$-$" + escape(text.substring(1)) : escape(text);
    }

    /** Names come from the user's file: what LaTeX would read as a command is shown as text. */
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
        return safe.toString().replace("P\\_m", "$P_m$").replace("+-", "$\\pm$");
    }
}
