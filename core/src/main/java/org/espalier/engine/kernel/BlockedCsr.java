package org.espalier.engine.kernel;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;

/**
 * Where the weights of each row of a sparse matrix stand, in blocks of columns: activations of a block's columns
 * stay in the nearest cache while all rows take their part of it. A row's sum continues from block to block in column
 * order, so blocks change no bit. Weights stand block by block and, within a block, row by row, so that a product
 * reads a block's in one go: there are too many for the nearest caches.
 *
 * @param rows number of rows
 * @param blocks number of blocks, at least 1
 * @param cuts row r's weights of block b are {@code cuts[b * rows + r] .. cuts[b * rows + r + 1] - 1}
 * @param order if there are several blocks: the rows of each, {@code order[b * rows] .. order[(b + 1) * rows - 1]}, within
 *     each {@link #WINDOW} of rows those of fewest weights first, so that neighbours have about as many and can be summed
 *     side by side
 * @param width columns of a block; 0 if one holds all
 * @param offsets if there are several blocks and registers are narrow: byte offset of each weight's column of activations
 *     from those of its block, in half the room of a whole offset, for what products read of weights comes from far
 */
public record BlockedCsr(int rows, int blocks, int[] cuts, int[] order, int width, char[] offsets) {
    /** Rows that are sorted among themselves; an even number. */
    public static final int WINDOW = 42;

    /** Columns of a block: 28 KiB of activations. */
    private static final int COLUMNS = 112;
    /** With registers of 256 bits or less: nearest caches are smaller there, and the weight gradient reads two panels. */
    private static final int NARROW_COLUMNS = 75;
    /** Weights to a row and block below which loading and storing the row's sums costs more than the cache gives. */
    private static final int FEWEST = 24;

    /** With registers of 256 bits or less: half of this, where blocks would be too wide for offsets otherwise. */
    private static final int NARROW_FEWEST = 14;
    /** Columns whose byte offsets have 16 bits. */
    private static final int WIDEST = (int) (Character.MAX_VALUE / ActivationPanels.ROW_BYTES) + 1;

    /**
     * Cuts rows into blocks.
     *
     * @param rows number of rows
     * @param columns number of columns
     * @param row each weight's row
     * @param column each weight's column; weights of one row come with ascending columns
     * @param narrow whether there are registers and they have 256 bits or less
     * @param taken receives, for each place, which weight stands there
     */
    public static BlockedCsr of(int rows, int columns, int[] row, int[] column, boolean narrow, int[] taken) {
        int weights = row.length;
        int blocks = rows == 0 ? 1 : blocks(columns, weights / rows, narrow);
        int width = (columns + blocks - 1) / blocks;
        int[] cuts = new int[blocks * rows + 1];
        for (int k = 0; k < weights; k++) {
            cuts[column[k] / width * rows + row[k] + 1]++;
        }
        Arrays.parallelPrefix(cuts, Integer::sum);
        int[] next = cuts.clone();
        char[] offsets = new char[narrow && blocks > 1 ? weights : 0];
        for (int k = 0; k < weights; k++) {
            int place = next[column[k] / width * rows + row[k]]++;
            taken[place] = k;
            if (offsets.length > 0) {
                offsets[place] = (char) (column[k] % width * ActivationPanels.ROW_BYTES);
            }
        }
        return new BlockedCsr(rows, blocks, cuts, blocks > 1 ? order(rows, blocks, cuts) : new int[0], width, offsets);
    }

    private static int blocks(int columns, int weights, boolean narrow) {
        int most = narrow ? NARROW_COLUMNS : COLUMNS;
        int fewest = narrow ? NARROW_FEWEST : FEWEST;
        int blocks = Math.clamp(weights / fewest, 1, (columns + most - 1) / most);
        int least = (columns + WIDEST - 1) / WIDEST;
        if (!narrow || blocks == 1 || blocks >= least) {
            return blocks;
        }
        return weights / least < fewest / 2 ? 1 : least;
    }

    /** One block of all columns: weights stand row by row, row r's at {@code starts[r] .. starts[r + 1] - 1}. */
    public static BlockedCsr whole(int[] starts) {
        int rows = starts.length - 1;
        return new BlockedCsr(rows, 1, starts, new int[0], 0, new char[0]);
    }

    private static int[] order(int rows, int blocks, int[] cuts) {
        int[] order = new int[blocks * rows];
        for (int b = 0; b < blocks; b++) {
            int block = b * rows;
            for (int first = 0; first < rows; first += WINDOW) {
                int[] sorted = IntStream.range(first, Math.min(first + WINDOW, rows))
                        .boxed()
                        .sorted(Comparator.comparingInt(r -> cuts[block + r + 1] - cuts[block + r]))
                        .mapToInt(r -> r)
                        .toArray();
                System.arraycopy(sorted, 0, order, block + first, sorted.length);
            }
        }
        return order;
    }

    /** Whether some neighbouring rows are whole windows, so that {@link #order} has them and no others. */
    public boolean windows(int first, int count) {
        return first % WINDOW == 0 && (count % WINDOW == 0 || first + count == rows);
    }

    /** First of a row's weights in a block. */
    public int from(int block, int row) {
        return cuts[block * rows + row];
    }

    /** One past the last of them. */
    public int to(int block, int row) {
        return cuts[block * rows + row + 1];
    }
}
