package org.espalier.lab.study.graph;

/** A symmetric matrix that a graph network mixes the values of nodes with. */
interface Propagation {
    /** Rows, and columns. */
    int nodes();

    /**
     * The product with a dense matrix.
     *
     * @param matrix (node, column) row-major
     * @param width columns
     */
    double[] times(double[] matrix, int width);

    /**
     * A sparse matrix.
     *
     * @param columns (node) ascending
     * @param values (node) as many
     */
    record Sparse(int[][] columns, double[][] values) implements Propagation {
        @Override
        public int nodes() {
            return columns.length;
        }

        @Override
        public double[] times(double[] matrix, int width) {
            double[] product = new double[columns.length * width];
            for (int node = 0; node < columns.length; node++) {
                for (int i = 0; i < columns[node].length; i++) {
                    int from = columns[node][i] * width;
                    int to = node * width;
                    double value = values[node][i];
                    for (int c = 0; c < width; c++) {
                        product[to + c] += value * matrix[from + c];
                    }
                }
            }
            return product;
        }
    }
}
