package org.espalier.lab.study.loop;

/** Eigenvalues and eigenvectors in double, with square roots alone, so that the bits are the same on every machine. */
public final class SymmetricMatrix {
    private static final int SWEEPS = 60;

    private SymmetricMatrix() {}

    /**
     * Eigenvalues of a symmetric matrix by cyclic Jacobi rotations: Golub and Van Loan, "Matrix computations", section 8.5.
     *
     * @param matrix (row, column), not changed
     * @param vectors receives the eigenvectors as columns
     * @return (eigenvector) eigenvalues
     */
    public static double[] eigen(double[][] matrix, double[][] vectors) {
        int size = matrix.length;
        double[][] a = new double[size][size];
        double total = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                a[i][j] = (matrix[i][j] + matrix[j][i]) / 2;
                total += a[i][j] * a[i][j];
                vectors[i][j] = i == j ? 1 : 0;
            }
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            double outside = 0;
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    outside += 2 * a[i][j] * a[i][j];
                }
            }
            if (outside <= 1e-28 * total) {
                break;
            }
            for (int p = 0; p < size; p++) {
                for (int q = p + 1; q < size; q++) {
                    if (a[p][q] != 0) {
                        rotate(a, vectors, p, q);
                    }
                }
            }
        }
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = a[i][i];
        }
        return values;
    }

    private static void rotate(double[][] a, double[][] vectors, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (int k = 0; k < a.length; k++) {
            double left = a[k][p];
            double right = a[k][q];
            a[k][p] = c * left - s * right;
            a[k][q] = s * left + c * right;
        }
        for (int k = 0; k < a.length; k++) {
            double left = a[p][k];
            double right = a[q][k];
            a[p][k] = c * left - s * right;
            a[q][k] = s * left + c * right;
            left = vectors[k][p];
            right = vectors[k][q];
            vectors[k][p] = c * left - s * right;
            vectors[k][q] = s * left + c * right;
        }
    }
}
