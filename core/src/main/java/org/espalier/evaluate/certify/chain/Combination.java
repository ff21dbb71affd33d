package org.espalier.evaluate.certify.chain;

import java.util.Arrays;

/**
 * Adds affine functions of one level's units: collects terms, then {@link #finish} gives the sum. Used again and again.
 *
 * <p><b>Errors.</b> Let a term's float32 value err by at most {@code gamma(r) M}, M its size. A sum {@code fl(sum_j c_j x_j + b)} with
 * k roundings of its own on each way errs by at most {@code [gamma(k) (1 + gamma(r)) + gamma(r)] (sum_j |c_j| M_j + |b|)}, which
 * is at most {@code gamma(k + r)} times that size (Higham, "Accuracy and stability of numerical algorithms", lemma 3.3). A factor or
 * constant that float64 rounds errs by far less than one more rounding of float32, so composed functions count one more.
 */
final class Combination {
    private double[] weight = new double[0]; // (unit)
    private double[] size = new double[0]; // (unit)
    private boolean[] present = new boolean[0]; // (unit)
    private int[] columns = new int[16]; // (entry)
    private int entries;
    private boolean ascending;
    private boolean composed;
    private int terms;
    private double bias;
    private double biasSize;
    private int inner;
    private double tiny;
    private double growth;

    /** Forgets all terms. */
    Combination clear() {
        for (int e = 0; e < entries; e++) {
            weight[columns[e]] = 0;
            size[columns[e]] = 0;
            present[columns[e]] = false;
        }
        entries = 0;
        ascending = true;
        composed = false;
        terms = 0;
        bias = 0;
        biasSize = 0;
        inner = 0;
        tiny = 0;
        growth = 0;
        return this;
    }

    /** Adds {@code factor x term}. */
    Combination add(double factor, Affine term) {
        return add(factor, Math.abs(factor), term);
    }

    /**
     * Adds {@code factor x term}.
     *
     * @param factorSize at least the absolute factor, above 0: what the error of the factor's float32 value is relative to
     */
    Combination add(double factor, double factorSize, Affine term) {
        if (term.zero()) {
            return this;
        }
        terms++;
        composed |= !term.unit() || factorSize != Math.abs(factor);
        for (int e = 0; e < term.columns().length; e++) {
            int column = term.columns()[e];
            touch(column);
            weight[column] += factor * term.weights()[e];
            size[column] += factorSize * Math.abs(term.sizes()[e]);
        }
        bias += factor * term.bias();
        biasSize += factorSize * Math.abs(term.biasSize());
        inner = Math.max(inner, term.roundings());
        tiny += factorSize * term.tiny();
        growth = Math.max(growth, term.growth() / factorSize);
        return this;
    }

    private void touch(int column) {
        if (column >= weight.length) {
            int length = Math.max(column + 1, 2 * weight.length);
            weight = Arrays.copyOf(weight, length);
            size = Arrays.copyOf(size, length);
            present = Arrays.copyOf(present, length);
        }
        if (present[column]) {
            composed = true;
            return;
        }
        present[column] = true;
        if (entries == columns.length) {
            columns = Arrays.copyOf(columns, 2 * entries);
        }
        ascending &= entries == 0 || columns[entries - 1] < column;
        columns[entries++] = column;
    }

    /** Adds a constant. */
    Combination constant(double value) {
        return constant(value, Math.abs(value));
    }

    /** Adds a constant; {@code valueSize} is at least its absolute value. */
    Combination constant(double value, double valueSize) {
        bias += value;
        biasSize += valueSize;
        return this;
    }

    /** Terms added so far that are not zero. */
    int terms() {
        return terms;
    }

    /** The sum of products as a layer computes it, in any order, fused or not. */
    Affine products() {
        return finish(terms + 2, terms + 4, 1);
    }

    /** The sum, where the network computes no operation: it selects. */
    Affine exact() {
        return finish(0, 0, 0);
    }

    /**
     * The sum.
     *
     * @param roundings float32 roundings of the operation on each way; 0 if it selects
     * @param underflows results that may be denormal, times what factors after them may multiply them by
     * @param largest what values in between are at most, as a multiple of the sum's size
     */
    Affine finish(int roundings, double underflows, double largest) {
        if (entries == 0 && bias == 0 && biasSize == 0) {
            return Affine.ZERO;
        }
        if (!ascending) {
            Arrays.sort(columns, 0, entries);
        }
        int[] found = Arrays.copyOf(columns, entries);
        double[] weights = new double[entries];
        double[] sizes = composed ? new double[entries] : weights;
        for (int e = 0; e < entries; e++) {
            weights[e] = weight[found[e]];
            if (composed) {
                sizes[e] = size[found[e]];
            }
        }
        int all = inner + roundings;
        return new Affine(
                found,
                weights,
                sizes,
                bias,
                biasSize,
                composed && all > 0 ? all + 1 : all,
                tiny + underflows,
                Math.max(growth, largest));
    }
}
