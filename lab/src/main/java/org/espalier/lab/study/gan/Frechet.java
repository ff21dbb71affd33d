package org.espalier.lab.study.gan;

import org.espalier.lab.study.loop.SymmetricMatrix;

/**
 * Distance of two sets of vectors as if they were normal: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). Dowson and Landau, "The Frechet
 * distance between multivariate normal distributions" (1982). In double with square roots alone, so that the bits are the same on
 * every machine.
 */
final class Frechet {
    /**
     * Moments of a set of vectors.
     *
     * @param mean (feature)
     * @param covariance (feature, feature) divided by the number of vectors
     */
    record Moments(double[] mean, double[][] covariance) {
        /**
         * Of vectors.
         *
         * @param vectors (vector, feature), at least one
         */
        static Moments of(double[][] vectors) {
            int features = vectors[0].length;
            double[] mean = new double[features];
            for (double[] vector : vectors) {
                for (int i = 0; i < features; i++) {
                    mean[i] += vector[i] / vectors.length;
                }
            }
            double[][] covariance = new double[features][features];
            double[] centred = new double[features];
            for (double[] vector : vectors) {
                for (int i = 0; i < features; i++) {
                    centred[i] = vector[i] - mean[i];
                }
                for (int i = 0; i < features; i++) {
                    double scaled = centred[i] / vectors.length;
                    for (int j = 0; scaled != 0 && j < features; j++) {
                        covariance[i][j] += scaled * centred[j];
                    }
                }
            }
            return new Moments(mean, covariance);
        }
    }

    private Frechet() {}

    /** The distance, at least 0 but for rounding. */
    static double distance(Moments one, Moments two) {
        int features = one.mean.length;
        double sum = 0;
        for (int i = 0; i < features; i++) {
            double gap = one.mean[i] - two.mean[i];
            sum += gap * gap + one.covariance[i][i] + two.covariance[i][i];
        }
        // The trace of (C1 C2)^(1/2) is that of (S C2 S)^(1/2) with S = C1^(1/2), which is symmetric.
        double[][] root = root(one.covariance);
        double[][] middle = product(product(root, two.covariance), root);
        double trace = 0;
        for (double value : SymmetricMatrix.eigen(middle, new double[features][features])) {
            trace += Math.sqrt(Math.max(0, value));
        }
        return sum - 2 * trace;
    }

    private static double[][] root(double[][] matrix) {
        int size = matrix.length;
        double[][] vectors = new double[size][size];
        double[] values = SymmetricMatrix.eigen(matrix, vectors);
        double[][] root = new double[size][size];
        for (int k = 0; k < size; k++) {
            double value = Math.sqrt(Math.max(0, values[k]));
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    root[i][j] += vectors[i][k] * value * vectors[j][k];
                }
            }
        }
        return root;
    }

    private static double[][] product(double[][] a, double[][] b) {
        int size = a.length;
        double[][] product = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < size; k++) {
                for (int j = 0; j < size; j++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }
}
