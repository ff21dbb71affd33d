package org.espalier.engine.kernel;

/**
 * The global L2 norm of a gradient in one fixed order, so that every engine, density and width has the same bits: layer by
 * layer, the surviving weights in the order of positions of the layer's matrix, then the biases. Squares of floats are exact
 * in double, and the sum is one chain. Zeros change nothing, so a layer may leave out pruned weights or add them as zeros.
 */
public final class GradientNorm {
    private GradientNorm() {}

    /** Adds the squares of the first {@code count} values to a sum. */
    public static double addSquares(double sum, float[] values, int count) {
        double total = sum;
        for (int i = 0; i < count; i++) {
            total += (double) values[i] * values[i];
        }
        return total;
    }

    /**
     * The same of the values at some places, in their order.
     *
     * @param places indices of {@code values}
     */
    public static double addSquares(double sum, float[] values, int[] places) {
        double total = sum;
        for (int place : places) {
            total += (double) values[place] * values[place];
        }
        return total;
    }

    /**
     * The factor that clips a gradient to a norm.
     *
     * @param squares sum of the gradient's squares
     * @param norm the largest norm allowed, above 0
     * @return {@code norm / sqrt(squares)}, rounded to float; 1 where the norm is not exceeded, or the sum is not a number
     */
    public static float factor(double squares, float norm) {
        double found = Math.sqrt(squares);
        return found > norm ? (float) (norm / found) : 1;
    }

    /** Multiplies the first {@code count} values by a factor. */
    public static void scale(float[] values, int count, float factor) {
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
    }
}
