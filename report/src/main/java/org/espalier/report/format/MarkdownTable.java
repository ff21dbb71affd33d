package org.espalier.report.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.report.table.Table;

/** A table in GitHub's Markdown: caption as a heading, words to the left and numbers to the right, notes as a list. */
public final class MarkdownTable {
    private MarkdownTable() {}

    /** Writes the table, ended by a line feed. */
    public static String of(Table table) {
        var headings = new ArrayList<>(table.keys().headings());
        for (Table.Block block : table.blocks()) {
            block.headings().forEach(h -> headings.add(block.name().isEmpty() ? h : block.name() + ": " + h));
        }
        var text = new StringBuilder("### ").append(escape(table.caption())).append("\n\n");
        line(text, headings);
        text.append("|").append(rule(table.keys()));
        table.blocks().forEach(block -> text.append(rule(block)));
        text.append('\n');
        for (int r = 0; r < table.keys().rows().size(); r++) {
            var cells = new ArrayList<>(table.keys().rows().get(r));
            for (Table.Block block : table.blocks()) {
                cells.addAll(block.rows().get(r));
            }
            line(text, cells);
        }
        if (!table.notes().isEmpty()) {
            text.append('\n');
        }
        table.notes().forEach(note -> text.append("- ").append(escape(note)).append('\n'));
        return text.toString();
    }

    private static String rule(Table.Block block) {
        return IntStream.range(0, block.headings().size())
                .mapToObj(column -> block.words(column) ? ":---|" : "---:|")
                .collect(Collectors.joining());
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(MarkdownTable::escape).collect(Collectors.joining(" | ", "| ", " |")))
                .append('\n');
    }

    /** Names come from the user's file: what Markdown or HTML would read as markup is shown as text. */
    public static String escape(String text) {
        var safe = new StringBuilder();
        for (char c : text.toCharArray()) {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '|', '\\', '`', '*', '[', ']' -> safe.append('\\').append(c);
                case '\n', '\r' -> safe.append(' ');
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }
}
