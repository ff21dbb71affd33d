package org.espalier.report.table;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table as text: key columns on the left, then blocks of columns that belong together.
 *
 * @param caption what is shown, in one line
 * @param keys the columns that name a row; they are repeated where blocks do not fit side by side
 * @param blocks the columns with values
 * @param notes what a reader must know besides, a line each
 */
public record Table(String caption, Block keys, List<Block> blocks, List<String> notes) {
    /**
     * Columns under one heading.
     *
     * @param name the heading above them all; may be empty
     * @param headings one for each column
     * @param rows cells, row by row
     * @param words the columns, counted from 0, whose cells are words, set to the left; the others are numbers, set to the
     *     right
     */
    public record Block(String name, List<String> headings, List<List<String>> rows, Set<Integer> words) {
        /** A block of numbers. */
        public Block(String name, List<String> headings, List<List<String>> rows) {
            this(name, headings, rows, Set.of());
        }

        /** A block of words, or of numbers. */
        public Block(String name, List<String> headings, List<List<String>> rows, boolean words) {
            this(
                    name,
                    headings,
                    rows,
                    words ? IntStream.range(0, headings.size()).boxed().collect(Collectors.toSet()) : Set.of());
        }

        public Block {
            headings = List.copyOf(headings);
            words = Set.copyOf(words);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<String> row : rows) {
                if (row.size() != headings.size()) {
                    throw new IllegalArgumentException(
                            "a row has " + row.size() + " cells under " + headings.size() + " headings");
                }
            }
        }

        /** Whether the cells of a column, counted from 0, are words rather than numbers. */
        public boolean words(int column) {
            return words.contains(column);
        }
    }

    public Table {
        blocks = List.copyOf(blocks);
        notes = List.copyOf(notes);
        for (Block block : blocks) {
            if (block.rows().size() != keys.rows().size()) {
                throw new IllegalArgumentException("block " + block.name() + " has "
                        + block.rows().size() + " rows beside " + keys.rows().size());
            }
        }
    }
}
