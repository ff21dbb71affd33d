package org.espalier.engine.kernel;

/** Transposes a matrix in tiles whose lines stay in the nearest cache. */
public final class TransposeMap {
    private static final int TILE = 16;

    private TransposeMap() {}

    /** {@code to[c * rows + r] = from[r * columns + c]}. */
    public static void run(float[] from, int rows, int columns, float[] to) {
        for (int r = 0; r < rows; r += TILE) {
            int height = Math.min(TILE, rows - r);
            for (int c = 0; c < columns; c += TILE) {
                int width = Math.min(TILE, columns - c);
                for (int i = 0; i < width; i++) {
                    int read = r * columns + c + i;
                    int write = (c + i) * rows + r;
                    for (int j = 0; j < height; j++) {
                        to[write + j] = from[read + j * columns];
                    }
                }
            }
        }
    }
}
