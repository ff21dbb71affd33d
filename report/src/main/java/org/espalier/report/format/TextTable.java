package org.espalier.report.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.report.table.Table;

/**
 * A table in aligned characters for a terminal: numbers to the right, blocks apart, blocks below each other where the
 * width, if there is one, does not hold them side by side. Only ASCII, so that no locale spoils it.
 */
public final class TextTable {
    /** Width of an output without lines of a given length, as a pipe: tables stay whole, sentences have lines all the same. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int SENTENCES = 100; // characters of a line of sentences there
    private static final String BETWEEN_COLUMNS = "  ";
    private static final String BETWEEN_BLOCKS = " | ";

    private TextTable() {}

    /**
     * Draws the table, ended by a line feed.
     *
     * @param width characters that a line should not exceed; a single column that is wider is drawn all the same
     */
    public static String of(Table table, int width) {
        var text = new StringBuilder();
        wrap(text, table.caption(), "", width);
        Drawn keys = new Drawn(table.keys());
        int room = width - keys.width - BETWEEN_BLOCKS.length();
        List<Drawn> waiting = new ArrayList<>(table.blocks().stream()
                .flatMap(block -> split(block, room).stream())
                .map(Drawn::new)
                .toList());
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

    /** The block, or parts of it with as many of its columns as the room holds, at least one; each has the block's name. */
    private static List<Table.Block> split(Table.Block block, int room) {
        int[] widths = widths(block);
        var parts = new ArrayList<Table.Block>();
        for (int first = 0; first < widths.length; ) {
            int end = first + 1;
            int used = widths[first];
            while (end < widths.length && used + BETWEEN_COLUMNS.length() + widths[end] <= room) {
                used += BETWEEN_COLUMNS.length() + widths[end];
                end++;
            }
            parts.add(part(block, first, end));
            first = end;
        }
        return parts.size() <= 1 ? List.of(block) : parts;
    }

    private static Table.Block part(Table.Block block, int first, int end) {
        return new Table.Block(
                block.name(),
                block.headings().subList(first, end),
                block.rows().stream().map(row -> row.subList(first, end)).toList(),
                IntStream.range(first, end)
                        .filter(block::words)
                        .mapToObj(column -> column - first)
                        .collect(Collectors.toSet()));
    }

    private static int[] widths(Table.Block block) {
        int[] widths = new int[block.headings().size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = block.headings().get(c).length();
            for (List<String> row : block.rows()) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        return widths;
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
    public static String lines(List<String> sentences, int width) {
        var text = new StringBuilder();
        sentences.forEach(sentence -> wrap(text, sentence, "", width));
        return text.toString();
    }

    /** A sentence after a mark, its further lines set in. */
    public static String item(String mark, String sentence, int width) {
        var text = new StringBuilder();
        wrap(text, mark + sentence, "  ", width);
        return text.toString();
    }

    /** Breaks a sentence at blanks; lines after the first are set in by two more. */
    private static void wrap(StringBuilder text, String sentence, String indent, int given) {
        int width = given == UNLIMITED ? SENTENCES : given;
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
            int[] widths = widths(block);
            int total = BETWEEN_COLUMNS.length() * (widths.length - 1);
            for (int w : widths) {
                total += w;
            }
            width = Math.max(total, block.name().length());
            lines.add(pad(block.name()));
            lines.add(pad(row(block, block.headings(), widths)));
            lines.add("-".repeat(width));
            block.rows().forEach(row -> lines.add(pad(row(block, row, widths))));
        }

        private String pad(String line) {
            return line + " ".repeat(width - line.length());
        }

        private static String row(Table.Block block, List<String> cells, int[] widths) {
            var line = new StringBuilder();
            for (int c = 0; c < widths.length; c++) {
                String blanks = " ".repeat(widths[c] - cells.get(c).length());
                line.append(c == 0 ? "" : BETWEEN_COLUMNS)
                        .append(block.words(c) ? cells.get(c) + blanks : blanks + cells.get(c));
            }
            return line.toString();
        }
    }
}
