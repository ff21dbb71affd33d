package org.espalier.engine.kernel;

/**
 * A matrix with the entries of six rows side by side, for {@link Kernels#active}: entry (r, c) stands at
 * {@code (r / 6 * columns + c) * 6 + r % 6}. Unlike {@code InterleavedRows} it is not cut into parts of columns, for few
 * of them are read and sums then stay in registers to their end.
 */
public final class PackedRows6 {
    /** Rows of a group. */
    public static final int ROWS = 6;

    /** Rows of the source that are transposed at a time: a page each, and a core finds so many without a walk. */
    private static final int PART = 48;

    private PackedRows6() {}

    /** Floats that a matrix takes; rows past the last are zero. */
    public static int size(int rows, int columns) {
        return (rows + ROWS - 1) / ROWS * ROWS * columns;
    }

    /** Where an entry stands. */
    public static int place(int row, int column, int columns) {
        return (row / ROWS * columns + column) * ROWS + row % ROWS;
    }

    /** From row-major. */
    public static void of(float[] from, int rows, int columns, float[] to) {
        for (int r = 0; r < rows; r++) {
            int at = place(r, 0, columns);
            for (int c = 0; c < columns; c++) {
                to[at + c * ROWS] = from[r * columns + c];
            }
        }
    }

    /**
     * The transposed matrix: row r is column {@code taken[r]} of a row-major one.
     *
     * @param rows rows of the row-major matrix
     * @param taken ascending
     */
    public static void transposed(float[] from, int rows, int columns, int[] taken, float[] to) {
        for (int first = 0; first < rows; first += PART) {
            int part = Math.min(PART, rows - first);
            for (int r = 0; r < taken.length; r += ROWS) {
                int group = Math.min(ROWS, taken.length - r);
                int at = place(r, first, rows);
                if (group == ROWS && taken[r + ROWS - 1] == taken[r] + ROWS - 1) {
                    neighbours(from, first * columns + taken[r], columns, part, to, at);
                } else {
                    for (int i = 0; i < group; i++) {
                        column(from, first * columns + taken[r + i], columns, part, to, at + i);
                    }
                }
            }
        }
    }

    /** Six neighbouring columns. */
    private static void neighbours(float[] from, int read, int stride, int rows, float[] to, int at) {
        for (int row = 0; row < rows; row++, read += stride, at += ROWS) {
            to[at] = from[read];
            to[at + 1] = from[read + 1];
            to[at + 2] = from[read + 2];
            to[at + 3] = from[read + 3];
            to[at + 4] = from[read + 4];
            to[at + 5] = from[read + 5];
        }
    }

    private static void column(float[] from, int read, int stride, int rows, float[] to, int at) {
        for (int row = 0; row < rows; row++, read += stride, at += ROWS) {
            to[at] = from[read];
        }
    }
}
