package org.espalier.evaluate.measure;

import java.util.Arrays;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * Singular values of a layer's weight matrix, pruned weights being 0: of (outputs, inputs), or for a convolution of its kernel
 * reshaped to (outputs, inputs x rows x columns). They are those of the linear map for a linear layer. For a convolution they
 * are not; {@link #mapBound} bounds the map's norm.
 *
 * <p>By one-sided Jacobi rotations (Hestenes 1958), which find small values to the relative precision of float64.
 *
 * @param values descending, as many as the shorter side
 * @param live rows or columns of the shorter side with a surviving weight other than 0
 * @param mapBound upper bound of the norm of the layer's linear map: the largest value, times the root of the kernel's area
 */
public record SingularValues(double[] values, int live, double mapBound) {
    private static final int SWEEPS = 60;
    private static final double CONVERGED = 1e-14;

    /** Of a layer of a network. */
    public static SingularValues of(Weights weights, Mask mask, int layer) {
        Architecture architecture = mask.architecture();
        int rows = architecture.outputs(layer);
        int columns = architecture.weights(layer) / rows;
        float[] matrix = weights.matrix(layer);
        double[] kept = new double[matrix.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = mask.keeps(layer, i) ? matrix[i] : 0;
        }
        return of(kept, rows, columns, architecture.kernelArea(layer));
    }

    /**
     * Of a matrix.
     *
     * @param matrix (row, column)
     * @param area rows x columns of a kernel, 1 for a linear layer
     */
    static SingularValues of(double[] matrix, int rows, int columns, int area) {
        boolean turned = rows > columns;
        int k = Math.min(rows, columns);
        int n = Math.max(rows, columns);
        double[][] lines = new double[k][n];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                lines[turned ? c : r][turned ? r : c] = matrix[r * columns + c];
            }
        }
        int live = (int) Arrays.stream(lines)
                .filter(line -> Arrays.stream(line).anyMatch(value -> value != 0))
                .count();
        int sweep = 0;
        while (sweep < SWEEPS && rotate(lines)) {
            sweep++;
        }
        double[] values = Arrays.stream(lines)
                .mapToDouble(line -> Math.sqrt(dot(line, line)))
                .map(value -> -value)
                .sorted()
                .map(value -> -value)
                .toArray();
        return new SingularValues(values, live, values[0] * Math.sqrt(area));
    }

    /** Makes all pairs of lines orthogonal once; whether there was something to do. */
    private static boolean rotate(double[][] lines) {
        boolean rotated = false;
        for (int p = 0; p < lines.length; p++) {
            double a = dot(lines[p], lines[p]);
            for (int q = p + 1; q < lines.length; q++) {
                double b = dot(lines[q], lines[q]);
                double c = dot(lines[p], lines[q]);
                if (c == 0 || Math.abs(c) <= CONVERGED * Math.sqrt(a * b)) {
                    continue;
                }
                rotated = true;
                double zeta = (b - a) / (2 * c);
                double t = Math.signum(zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
                t = zeta == 0 ? 1 : t;
                double cosine = 1 / Math.sqrt(1 + t * t);
                double sine = cosine * t;
                for (int i = 0; i < lines[p].length; i++) {
                    double x = lines[p][i];
                    double y = lines[q][i];
                    lines[p][i] = cosine * x - sine * y;
                    lines[q][i] = sine * x + cosine * y;
                }
                a = dot(lines[p], lines[p]);
            }
        }
        return rotated;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** The largest value: the spectral norm. */
    public double largest() {
        return values[0];
    }

    /**
     * Largest over smallest value of the live rows or columns; infinite where the smallest of these is below 1e-12 of the largest,
     * NaN without a weight other than 0.
     */
    public double condition() {
        if (live == 0 || values[0] == 0) {
            return Double.NaN;
        }
        double least = values[live - 1];
        return least <= 1e-12 * values[0] ? Double.POSITIVE_INFINITY : values[0] / least;
    }
}
