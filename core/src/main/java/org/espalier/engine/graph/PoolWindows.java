package org.espalier.engine.graph;

/**
 * Windows of a pool.
 *
 * @param window rows and columns
 * @param height rows of the input
 * @param width columns of the input
 */
record PoolWindows(int rows, int columns, int stride, int padding, int height, int width) {
    int firstRow(int y) {
        return Math.max(0, y * stride - padding);
    }

    int endRow(int y) {
        return Math.min(height, y * stride - padding + rows);
    }

    int firstColumn(int x) {
        return Math.max(0, x * stride - padding);
    }

    int endColumn(int x) {
        return Math.min(width, x * stride - padding + columns);
    }
}
