package org.espalier.prune.criterion;

import java.util.function.UnaryOperator;

/** The product of a loss's Hessian and a vector, from gradients alone, in float64. */
final class HessianProduct {
    /** Length of the step along the vector, as a share of the root mean square of the weights. */
    private static final double STEP = 1e-3;

    private HessianProduct() {}

    /**
     * {@code H v}, as {@code |v| (g(w + e u) - g(w - e u)) / 2e} with {@code u = v / |v|} and {@code e = 1e-3 |w| / sqrt(n)}.
     *
     * @param gradient of the loss at weights
     * @param w (weight) where the Hessian is taken
     * @param v (weight)
     */
    static double[] of(UnaryOperator<double[]> gradient, double[] w, double[] v) {
        double norm = norm(v);
        double size = norm(w);
        double[] product = new double[w.length];
        if (norm == 0 || size == 0) {
            return product;
        }
        double e = STEP * size / Math.sqrt(w.length);
        double[] above = gradient.apply(moved(w, v, e / norm));
        double[] below = gradient.apply(moved(w, v, -e / norm));
        for (int i = 0; i < product.length; i++) {
            product[i] = norm * (above[i] - below[i]) / (2 * e);
        }
        return product;
    }

    private static double[] moved(double[] w, double[] v, double by) {
        double[] moved = new double[w.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = w[i] + by * v[i];
        }
        return moved;
    }

    private static double norm(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
