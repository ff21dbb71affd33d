package org.espalier.engine;

/**
 * A matrix with the entries of four rows side by side: entry (r, c) stands at {@code (r / 4 * columns + c) * 4 + r % 4}.
 * A kernel that takes four rows at a time then reads them with one index. Rows past the last are zero.
 */
final class QuadRows {
    static final int ROWS = 4;

    private QuadRows() {}

    /** Floats that a matrix takes. */
    static int size(int rows, int columns) {
        return (rows + ROWS - 1) / ROWS * ROWS * columns;
    }

    /** From row-major. */
    static void interleave(float[] from, int rows, int columns, float[] to) {
        int whole = rows - rows % ROWS;
        for (int r = 0; r < whole; r += ROWS) {
            int a = r * columns;
            int b = a + columns;
            int c = b + columns;
            int d = c + columns;
            for (int k = 0, at = a; k < columns; k++, at += ROWS) {
                to[at] = from[a + k];
                to[at + 1] = from[b + k];
                to[at + 2] = from[c + k];
                to[at + 3] = from[d + k];
            }
        }
        for (int r = whole; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                to[(whole / ROWS * columns + k) * ROWS + r % ROWS] = from[r * columns + k];
            }
        }
    }

    /** The turned matrix, {@code columns} by {@code rows}, from the row-major one: four columns stay side by side. */
    static void interleaveTurned(float[] from, int rows, int columns, float[] to) {
        int whole = columns - columns % ROWS;
        for (int r = 0; r < rows; r++) {
            int read = r * columns;
            int write = r * ROWS;
            for (int c = 0; c < whole; c += ROWS, write += rows * ROWS) {
                to[write] = from[read + c];
                to[write + 1] = from[read + c + 1];
                to[write + 2] = from[read + c + 2];
                to[write + 3] = from[read + c + 3];
            }
            for (int c = whole; c < columns; c++) {
                to[write + c - whole] = from[read + c];
            }
        }
    }
}
