package org.espalier.engine.graph.map;

/**
 * Windows of a pool, clipped at the input's sides.
 *
 * @param rows of a window
 * @param columns of a window
 * @param height rows of the input
 * @param width columns of the input
 */
public record Windows(int rows, int columns, int stride, int padding, int height, int width) {
    public int firstRow(int y) {
        return Math.max(0, y * stride - padding);
    }

    public int endRow(int y) {
        return Math.min(height, y * stride - padding + rows);
    }

    public int firstColumn(int x) {
        return Math.max(0, x * stride - padding);
    }

    public int endColumn(int x) {
        return Math.min(width, x * stride - padding + columns);
    }

    /** End of the run of windows from x on that are as wide as window x and stand a stride apart. */
    public int run(int x, int outputs) {
        int end = x + 1;
        while (end < outputs
                && firstColumn(end) - firstColumn(end - 1) == stride
                && endColumn(end) - endColumn(end - 1) == stride) {
            end++;
        }
        return end;
    }

    /**
     * Whether each place of the input lies in exactly one window.
     *
     * @param down windows below each other
     * @param across windows beside each other
     */
    public boolean tile(int down, int across) {
        boolean rowsTile = down == 1 ? rows == height : rows == stride && down * rows == height;
        boolean columnsTile = across == 1 ? columns == width : columns == stride && across * columns == width;
        return padding == 0 && rowsTile && columnsTile;
    }
}
