package org.espalier.report;

import java.util.List;

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
     * @param words whether the cells are words, set to the left, rather than numbers, set to the right
     */
    public record Block(String name, List<String> headings, List<List<String>> rows, boolean words) {
        /** A block of numbers. */
        public Block(String name, List<String> headings, List<List<String>> rows) {
            this(name, headings, rows, false);
        }

        public Block {
            headings = List.copyOf(headings);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<String> row : rows) {
                if (row.size() != headings.size()) {
                    throw new IllegalArgumentException(
                            "a row has " + row.size() + " cells under " + headings.size() + " headings");
                }
            }
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
