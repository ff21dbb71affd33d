package org.espalier.train.method;

import java.util.Arrays;

/**
 * {@code C(W) = log(|W|^2 / k) - logdet(G + v I) / k}, G being the smaller Gram matrix of W over its live rows or columns, k x k, and
 * {@code v = 1e-4 |W|^2 / k}. It is 0 but for v where all singular values are equal, grows with the condition number and does not
 * depend on the scale of W. Rows or columns of the smaller side without a surviving weight leave the Gram matrix.
 *
 * <p>The work of the Gram matrix is that of pairs of surviving weights; that of its inverse is k^3. All sums have one order, in
 * double. Allocates nothing after it is made.
 */
final class ConditionPenalty {
    private static final double RELATIVE = 1e-4;

    private final int[] kept;
    private final int k;
    private final int dead;
    private final int[] starts; // (longer side) where its weights stand
    private final int[] shorter; // (weight) index on the smaller side
    private final int[] positions; // (weight) position in the matrix
    private final double[] factor; // k x k: the Gram matrix, then its Cholesky factor
    private final double[] inverse; // k x k

    /**
     * The penalty of one layer.
     *
     * @param columns of its matrix
     * @param kept positions of surviving weights, ascending
     */
    ConditionPenalty(int columns, int[] kept) {
        this.kept = kept;
        int rows = kept.length == 0 ? 1 : kept[kept.length - 1] / columns + 1;
        int[] rowPlaces = places(rows, kept, columns, true);
        int[] columnPlaces = places(columns, kept, columns, false);
        int liveRows = live(rowPlaces);
        int liveColumns = live(columnPlaces);
        boolean byRow = liveRows <= liveColumns;
        k = Math.min(liveRows, liveColumns);
        dead = (byRow ? rows : columns) - k;
        int longer = byRow ? columns : rows;
        starts = new int[longer + 1];
        for (int at : kept) {
            starts[(byRow ? at % columns : at / columns) + 1]++;
        }
        for (int i = 0; i < longer; i++) {
            starts[i + 1] += starts[i];
        }
        int[] next = starts.clone();
        shorter = new int[kept.length];
        positions = new int[kept.length];
        for (int at : kept) {
            int place = next[byRow ? at % columns : at / columns]++;
            shorter[place] = byRow ? rowPlaces[at / columns] : columnPlaces[at % columns];
            positions[place] = at;
        }
        factor = new double[k * k];
        inverse = new double[k * k];
    }

    /** (row or column) its place among the live ones, or -1. */
    private static int[] places(int size, int[] kept, int columns, boolean ofRows) {
        int[] places = new int[size];
        Arrays.fill(places, -1);
        for (int at : kept) {
            places[ofRows ? at / columns : at % columns] = 0;
        }
        int live = 0;
        for (int i = 0; i < size; i++) {
            places[i] = places[i] == 0 ? live++ : -1;
        }
        return places;
    }

    private static int live(int[] places) {
        return (int) Arrays.stream(places).filter(place -> place >= 0).count();
    }

    /** Rows or columns of the Gram matrix. */
    int size() {
        return k;
    }

    /** Rows or columns of the smaller side that have left it, up to the last row that has a weight. */
    int dead() {
        return dead;
    }

    /**
     * Adds the gradient, times {@code scale}.
     *
     * @param weights the layer's matrix
     * @param gradient receives it at surviving weights
     * @return C; 0 where the layer has no weight other than 0
     */
    double add(float[] weights, double scale, float[] gradient) {
        double squares = 0;
        for (int at : kept) {
            squares += (double) weights[at] * weights[at];
        }
        if (squares == 0) {
            return 0;
        }
        double v = RELATIVE * squares / k;
        gram(weights, v);
        double logDeterminant = cholesky();
        invert();
        double trace = 0;
        for (int i = 0; i < k; i++) {
            trace += inverse[i * k + i];
        }
        double along = 2 / squares - 2 * RELATIVE * trace / ((double) k * k); // through |W|^2, v included
        for (int line = 0; line + 1 < starts.length; line++) {
            for (int a = starts[line]; a < starts[line + 1]; a++) {
                double sum = 0;
                for (int b = starts[line]; b < starts[line + 1]; b++) {
                    sum += inverse[shorter[a] * k + shorter[b]] * weights[positions[b]];
                }
                int at = positions[a];
                gradient[at] = (float) (gradient[at] + scale * (along * weights[at] - 2 * sum / k));
            }
        }
        return StrictMath.log(squares / k) - logDeterminant / k;
    }

    private void gram(float[] weights, double v) {
        Arrays.fill(factor, 0);
        for (int line = 0; line + 1 < starts.length; line++) {
            for (int a = starts[line]; a < starts[line + 1]; a++) {
                double left = weights[positions[a]];
                int row = shorter[a] * k;
                for (int b = starts[line]; b <= a; b++) { // places ascend within a line: the lower triangle
                    factor[row + shorter[b]] += left * weights[positions[b]];
                }
            }
        }
        for (int i = 0; i < k; i++) {
            factor[i * k + i] += v;
        }
    }

    /** Replaces the lower triangle by its Cholesky factor; returns the logarithm of the determinant. */
    private double cholesky() {
        double logDeterminant = 0;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = factor[i * k + j];
                for (int m = 0; m < j; m++) {
                    sum -= factor[i * k + m] * factor[j * k + m];
                }
                factor[i * k + j] = i == j ? Math.sqrt(sum) : sum / factor[j * k + j];
            }
            logDeterminant += 2 * StrictMath.log(factor[i * k + i]);
        }
        return logDeterminant;
    }

    /** The inverse of L L^T from its factor L, which is overwritten. */
    private void invert() {
        // X[j][i] = (L^-1)[i][j] for i >= j, so that all inner loops run along rows.
        for (int j = 0; j < k; j++) {
            inverse[j * k + j] = 1 / factor[j * k + j];
            for (int i = j + 1; i < k; i++) {
                double sum = 0;
                for (int m = j; m < i; m++) {
                    sum -= factor[i * k + m] * inverse[j * k + m];
                }
                inverse[j * k + i] = sum / factor[i * k + i];
            }
        }
        // (L^-1)^T L^-1: entry (a, b) = sum over i >= max(a, b) of X[a][i] X[b][i], into the factor, which is no longer
        // read.
        for (int a = 0; a < k; a++) {
            for (int b = a; b < k; b++) {
                double sum = 0;
                for (int i = b; i < k; i++) {
                    sum += inverse[a * k + i] * inverse[b * k + i];
                }
                factor[b * k + a] = sum;
            }
        }
        for (int a = 0; a < k; a++) {
            for (int b = a; b < k; b++) {
                inverse[a * k + b] = factor[b * k + a];
                inverse[b * k + a] = factor[b * k + a];
            }
        }
    }
}
