package org.espalier.evaluate.certify.chain;

/**
 * An affine function of the units of one level, in float64, and how far float32 evaluations of it may err.
 *
 * <p>A float32 evaluation of the operations that the function stands for errs by at most {@code gamma(roundings) (sum_i size_i
 * |a_i| + biasSize) + tiny x the smallest float}, {@code gamma(k) = k u / (1 - k u)}, {@code u = 2^-24}. Values in between are at
 * most {@code growth} times {@code sum_i size_i |a_i| + biasSize}. Both also cover the rounding of this function's own float64
 * numbers.
 *
 * @param columns (entry) units that it reads, ascending, each once
 * @param weights (entry) their factors
 * @param sizes (entry) at least the absolute factor: over all ways from the unit, the sum of absolute products. May be the array
 *     of weights itself, whose signs are then ignored
 * @param biasSize the same of the constant; its sign is ignored
 * @param roundings float32 roundings on the longest way; 0 of a value that no operation changed
 */
record Affine(
        int[] columns,
        double[] weights,
        double[] sizes,
        double bias,
        double biasSize,
        int roundings,
        double tiny,
        double growth) {
    /** Zero for all inputs, computed exactly. */
    static final Affine ZERO = new Affine(new int[0], new double[0], new double[0], 0, 0, 0, 0, 0);

    /** A unit's own value. */
    static Affine unit(int column) {
        double[] one = {1};
        return new Affine(new int[] {column}, one, one, 0, 0, 0, 0, 0);
    }

    /** Whether it is zero for all inputs, computed exactly. */
    boolean zero() {
        return columns.length == 0 && bias == 0 && biasSize == 0;
    }

    /** Whether it is the same for all inputs. */
    boolean constant() {
        return columns.length == 0;
    }

    /** Whether it is a unit's own value. */
    boolean unit() {
        return columns.length == 1 && weights[0] == 1 && bias == 0 && roundings == 0 && sizes == weights;
    }
}
