package org.espalier.engine;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Where the weights of each row of a sparse matrix stand, cut into blocks of columns: activations of a block's columns
 * stay in the nearest cache while all rows take their part of it. A row's sum goes on from block to block in column
 * order, so blocks change no bit.
 *
 * @param rows number of rows
 * @param blocks number of blocks, at least 1
 * @param cuts row r's weights of block b are {@code cuts[b * rows + r] .. cuts[(b + 1) * rows + r] - 1}
 * @param order the rows of each block, {@code order[b * rows] .. order[(b + 1) * rows - 1]}: within each
 *     {@link #WINDOW} of rows those of fewest weights first, so that neighbours have about as many and can be summed
 *     side by side
 */
record RowCuts(int rows, int blocks, int[] cuts, int[] order) {
    /** Rows that are sorted among themselves; an even number. */
    static final int WINDOW = 42;

    /** Columns of a block: 96 rows of activations are 24 KiB, half of the smallest nearest cache of today. */
    private static final int COLUMNS = 112;
    /** Weights to a row and block below which loading and storing the row's sums costs more than the cache gives. */
    private static final int FEWEST = 24;

    /**
     * Cuts rows.
     *
     * @param starts row r's weights are {@code starts[r] .. starts[r + 1] - 1}, in column order
     * @param offsets byte offset of each weight's column of activations
     * @param columns number of columns
     */
    static RowCuts of(int[] starts, int[] offsets, int columns) {
        int rows = starts.length - 1;
        int weights = starts[rows];
        int wanted = (columns + COLUMNS - 1) / COLUMNS;
        int blocks = rows == 0 ? 1 : Math.clamp(weights / rows / FEWEST, 1, wanted);
        int width = (columns + blocks - 1) / blocks;
        int[] cuts = new int[(blocks + 1) * rows];
        for (int r = 0; r < rows; r++) {
            int at = starts[r];
            for (int b = 0; b < blocks; b++) {
                cuts[b * rows + r] = at;
                while (at < starts[r + 1] && offsets[at] < (b + 1) * width * Panels.ROW_BYTES) {
                    at++;
                }
            }
            cuts[blocks * rows + r] = starts[r + 1];
        }
        return new RowCuts(rows, blocks, cuts, order(rows, blocks, cuts));
    }

    private static int[] order(int rows, int blocks, int[] cuts) {
        int[] order = new int[blocks * rows];
        for (int b = 0; b < blocks; b++) {
            int block = b * rows;
            for (int first = 0; first < rows; first += WINDOW) {
                int[] sorted = IntStream.range(first, Math.min(first + WINDOW, rows))
                        .boxed()
                        .sorted(Comparator.comparingInt(r -> cuts[block + rows + r] - cuts[block + r]))
                        .mapToInt(r -> r)
                        .toArray();
                System.arraycopy(sorted, 0, order, block + first, sorted.length);
            }
        }
        return order;
    }

    /** Whether some neighbouring rows are whole windows, so that {@link #order} has them and no others. */
    boolean windows(int first, int count) {
        return first % WINDOW == 0 && (count % WINDOW == 0 || first + count == rows);
    }

    /** First weight of a row. */
    int from(int row) {
        return cuts[row];
    }

    /** One past the last weight of a row. */
    int to(int row) {
        return cuts[blocks * rows + row];
    }
}
