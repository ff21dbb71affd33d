package org.espalier.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table in aligned characters for a terminal: numbers to the right, blocks apart, blocks below each other where the
 * width does not hold them side by side. Only ASCII, so that no locale spoils it.
 */
public final class TextTable {
    private static final String BETWEEN_COLUMNS = "  ";
    private static final String BETWEEN_BLOCKS = " | ";

    private TextTable() {}

    /**
     * Draws the table, ended by a line feed.
     *
     * @param width characters that a line should not exceed; a single block that is wider is drawn all the same
     */
    public static String of(Table table, int width) {
        var text = new StringBuilder();
        wrap(text, table.caption(), "", width);
        Drawn keys = new Drawn(table.keys());
        List<Drawn> waiting =
                new ArrayList<>(table.blocks().stream().map(Drawn::new).toList());
        do {
            text.append('\n');
            var slab = new ArrayList<Drawn>();
            slab.add(keys);
            int used = keys.width;
            while (!waiting.isEmpty()
                    && (slab.size() == 1 || used + BETWEEN_BLOCKS.length() + waiting.getFirst().width <= width)) {
                used += BETWEEN_BLOCKS.length() + waiting.getFirst().width;
                slab.add(waiting.removeFirst());
            }
            slab(text, slab);
        } while (!waiting.isEmpty());
        if (!table.notes().isEmpty()) {
            text.append('\n');
        }
        table.notes().forEach(note -> wrap(text, note, "  ", width));
        return text.toString();
    }

    private static void slab(StringBuilder text, List<Drawn> blocks) {
        boolean named =
                blocks.stream().anyMatch(block -> !block.lines.getFirst().isBlank());
        for (int line = named ? 0 : 1; line < blocks.getFirst().lines.size(); line++) {
            var row = new StringBuilder();
            for (Drawn block : blocks) {
                row.append(row.isEmpty() ? "" : line == 2 ? "-+-" : BETWEEN_BLOCKS)
                        .append(block.lines.get(line));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
    }

    /** Sentences as lines of at most this width, each ended by a line feed. */
    static String lines(List<String> sentences, int width) {
        var text = new StringBuilder();
        sentences.forEach(sentence -> wrap(text, sentence, "", width));
        return text.toString();
    }

    /** A sentence after a mark, its further lines set in. */
    static String item(String mark, String sentence, int width) {
        var text = new StringBuilder();
        wrap(text, mark + sentence, "  ", width);
        return text.toString();
    }

    /** Breaks a sentence at blanks; lines after the first are set in by two more. */
    private static void wrap(StringBuilder text, String sentence, String indent, int width) {
        var line = new StringBuilder(indent);
        boolean empty = true;
        for (String word : sentence.split(" ")) {
            if (!empty && line.length() + 1 + word.length() > width) {
                text.append(line).append('\n');
                line = new StringBuilder(indent).append("  ");
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        text.append(line).append('\n');
    }

    /** A block as lines of one width: its name, its headings, a rule, then its rows. */
    private static final class Drawn {
        private final List<String> lines = new ArrayList<>();
        private final int width;

        Drawn(Table.Block block) {
            int columns = block.headings().size();
            int[] widths = new int[columns];
            for (int c = 0; c < columns; c++) {
                widths[c] = block.headings().get(c).length();
                for (List<String> row : block.rows()) {
                    widths[c] = Math.max(widths[c], row.get(c).length());
                }
            }
            int total = BETWEEN_COLUMNS.length() * (columns - 1);
            for (int w : widths) {
                total += w;
            }
            width = Math.max(total, block.name().length());
            lines.add(pad(block.name()));
            lines.add(pad(row(block.headings(), widths, block.words())));
            lines.add("-".repeat(width));
            block.rows().forEach(row -> lines.add(pad(row(row, widths, block.words()))));
        }

        private String pad(String line) {
            return line + " ".repeat(width - line.length());
        }

        private static String row(List<String> cells, int[] widths, boolean words) {
            var line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                String blanks = " ".repeat(widths[c] - cells.get(c).length());
                line.append(c == 0 ? "" : BETWEEN_COLUMNS)
                        .append(words ? cells.get(c) + blanks : blanks + cells.get(c));
            }
            return line.toString();
        }
    }
}
