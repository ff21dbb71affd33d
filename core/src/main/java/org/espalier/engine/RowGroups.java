package org.espalier.engine;

/**
 * A matrix with the entries of some rows side by side, so that a kernel which takes these rows together reads them with one
 * index; and cut into parts of columns, so that it reads them one after the other. In part p, which begins at column
 * {@code b = p * part(columns)} and has t columns, entry (r, c) stands at
 * {@code b * whole + (r / ROWS * t + c - b) * ROWS + r % ROWS}, where {@code whole} is the number of rows in whole groups.
 * Rows past the last are zero.
 */
final class RowGroups {
    /** Rows of a group: what {@link GroupProduct} takes at a time. */
    static final int ROWS = Lanes.TWELVE_CHAINS ? 3 : 4;

    /** Most columns to a part: their rows of activations, 28 KiB, stay in the nearest cache for all rows of the matrix. */
    private static final int COLUMNS = 112;

    private RowGroups() {}

    /** Floats that a matrix takes. */
    static int size(int rows, int columns) {
        return whole(rows) * columns;
    }

    /** The number of rows, rounded up to whole groups. */
    static int whole(int rows) {
        return (rows + ROWS - 1) / ROWS * ROWS;
    }

    /** The most rows in whole groups that a number of rows holds. */
    static int wholeWithin(int rows) {
        return rows - rows % ROWS;
    }

    /** Columns to a part; all parts have as many, for a short last one would cost as much, but that the last may have fewer. */
    static int part(int columns) {
        int parts = (columns + COLUMNS - 1) / COLUMNS;
        return (columns + parts - 1) / Math.max(1, parts);
    }

    /** From row-major. */
    static void interleave(float[] from, int rows, int columns, float[] to) {
        int whole = whole(rows);
        int length = part(columns);
        for (int first = 0; first < columns; first += length) {
            int terms = Math.min(length, columns - first);
            for (int r = 0; r < rows; r++) {
                int at = first * whole + r / ROWS * terms * ROWS + r % ROWS;
                int read = r * columns + first;
                for (int c = 0; c < terms; c++) {
                    to[at + c * ROWS] = from[read + c];
                }
            }
        }
    }

    /** The turned matrix, {@code columns} by {@code rows}, from the row-major one: a group's columns stay side by side. */
    static void interleaveTurned(float[] from, int rows, int columns, float[] to) {
        int whole = whole(columns);
        int length = part(rows);
        for (int first = 0; first < rows; first += length) {
            int terms = Math.min(length, rows - first);
            for (int c = 0; c < columns; c += ROWS) {
                group(
                        from,
                        first * columns + c,
                        columns,
                        Math.min(ROWS, columns - c),
                        to,
                        first * whole + c * terms,
                        terms);
            }
        }
    }

    /** Some neighbouring columns of some rows; written one after the other, for what is read stays in the nearest cache. */
    private static void group(float[] from, int read, int stride, int columns, float[] to, int at, int rows) {
        if (columns == 4) {
            for (int r = 0; r < rows; r++, read += stride, at += 4) {
                to[at] = from[read];
                to[at + 1] = from[read + 1];
                to[at + 2] = from[read + 2];
                to[at + 3] = from[read + 3];
            }
        } else if (columns == 3 && ROWS == 3) {
            for (int r = 0; r < rows; r++, read += stride, at += 3) {
                to[at] = from[read];
                to[at + 1] = from[read + 1];
                to[at + 2] = from[read + 2];
            }
        } else {
            for (int r = 0; r < rows; r++, read += stride, at += ROWS) {
                for (int c = 0; c < columns; c++) {
                    to[at + c] = from[read + c];
                }
            }
        }
    }
}
