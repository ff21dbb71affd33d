package org.espalier.evaluate.measure;

import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * How sparse a layer's weights are in size, whatever its mask.
 *
 * @param small share of all weights that are below 0.001 in size, pruned ones included
 * @param ratio L1 norm over L2 norm: from 1 for one weight other than 0 to the root of their number for equal ones; NaN without any
 */
public record Sparsity(double small, double ratio) {
    private static final float SMALL = 1e-3f;

    /** Of a layer of a network. */
    public static Sparsity of(Weights weights, Mask mask, int layer) {
        float[] matrix = weights.matrix(layer);
        int small = 0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < matrix.length; i++) {
            double size = mask.keeps(layer, i) ? Math.abs(matrix[i]) : 0;
            small += size < SMALL ? 1 : 0;
            sum += size;
            squares += size * size;
        }
        return new Sparsity((double) small / matrix.length, squares == 0 ? Double.NaN : sum / Math.sqrt(squares));
    }
}
