package org.espalier.evaluate.certify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lower bounds of linear functions of one layer's outputs, carried back to the input through a linear bound of each
 * ReLU: Zhang et al., "Efficient neural network robustness certification with general activation functions" (2018).
 *
 * <p>Many functions are bounded together, each in a lane. A unit's coefficients are a row {@code (lane)}, so that one
 * surviving weight is one multiply-add over adjacent numbers. Lanes share the hidden bounds, or have slopes and splits
 * of their own ({@link LaneChoices}).
 *
 * <p><b>ReLU.</b> With {@code z} in {@code [l, u]}, {@code l < 0 < u}, and {@code v} the coefficient after the ReLU: for
 * {@code v >= 0}, {@code v relu(z) >= v alpha z} with any {@code alpha} in [0, 1]; for {@code v < 0}, {@code v relu(z) >=
 * lambda z + min(-lambda l, (v - lambda) u)} with any {@code lambda} in {@code [v, 0]}; {@code lambda = v u / (u - l)}
 * makes both constants equal. Both hold for the rounded {@code lambda}, so its rounding needs no correction.
 *
 * <p><b>Rounding.</b> Errors of the products are in the slacks, see {@link SparseNetwork}. The remaining error is that
 * of a sum of N computed terms, each within four roundings of exact. It is at most {@code gamma64(N + 4)} times the sum
 * of their absolute values. Twice as much is subtracted.
 *
 * <p>Not for use by several threads at once.
 */
final class LinearBounds {
    private final SparseNetwork network;
    private final int capacity;
    /** Coefficients after the ReLU of each hidden layer; at 0 those of the inputs. (boundary, unit, lane) */
    final double[][][] after;

    private final double[][][] before; // (hidden layer, unit, lane): coefficients before the ReLU
    private final double[] constant; // (lane)
    private final double[] magnitude; // (lane): sum of the absolute values of what was added
    private final double[] slack; // (lane)
    private final double[] box; // (lane)
    private final double terms;

    /** Buffers for up to {@code capacity} lanes at once. */
    LinearBounds(SparseNetwork network, int capacity) {
        this.network = network;
        this.capacity = capacity;
        after = new double[network.layers()][][];
        before = new double[network.hidden()][][];
        for (int layer = 0; layer < network.layers(); layer++) {
            after[layer] = new double[network.layer(layer).inputs()][capacity];
            if (layer < network.hidden()) {
                before[layer] = new double[network.layer(layer).outputs()][capacity];
            }
        }
        constant = new double[capacity];
        magnitude = new double[capacity];
        slack = new double[capacity];
        box = new double[capacity];
        terms = 4.0 * network.hiddenUnits() + 2.0 * network.pixels().length + 64;
    }

    int capacity() {
        return capacity;
    }

    /**
     * Linear functions of one layer's outputs: lane r is {@code signs[r] * output(units[r])}, or, with {@code others},
     * minus the output of {@code others[r]} too.
     *
     * @param layer whose outputs, before a ReLU
     * @param others (lane), or null
     */
    record Functions(int layer, int lanes, int[] units, double[] signs, int @Nullable [] others) {}

    /**
     * Lower bounds of the functions over the region.
     *
     * @param choices bounds, slopes and splits per lane, or null for the shared bounds and CROWN's own slopes
     * @param lower (lane) receives the bounds; never NaN
     */
    void lower(Functions functions, HiddenBounds bounds, @Nullable LaneChoices choices, double[] lower) {
        int lanes = functions.lanes();
        if (lanes > capacity) {
            throw new IllegalArgumentException(lanes + " functions do not fit in " + capacity + " lanes");
        }
        Arrays.fill(constant, 0, lanes, 0);
        Arrays.fill(magnitude, 0, lanes, 0);
        Arrays.fill(slack, 0, lanes, 0);
        start(functions, bounds);
        for (int layer = functions.layer() - 1; layer >= 0; layer--) {
            if (choices == null) {
                relax(layer, lanes, bounds);
            } else {
                relax(layer, lanes, bounds, choices);
            }
            back(layer, lanes, bounds);
        }
        InputRegion region = bounds.region;
        Arrays.fill(box, 0, lanes, 0);
        for (int i = 0; i < region.size(); i++) {
            addBox(after[0][i], lanes, region.lower[i], region.upper[i], box, magnitude);
        }
        for (int r = 0; r < lanes; r++) {
            double least = Math.max(box[r], region.ballBound(after[0], r));
            double margin = magnitude[r] * ((terms + 16) * 0x1p-51) + slack[r] * (1 + 0x1p-30) + 0x1p-1000;
            double bound = Math.nextDown(constant[r] + least - margin - Math.abs(least) * 0x1p-50);
            lower[r] = bound > Double.NEGATIVE_INFINITY ? bound : Double.NEGATIVE_INFINITY;
        }
    }

    /** The functions' own rows: coefficients after the ReLU below, without a product. */
    private void start(Functions functions, HiddenBounds bounds) {
        int lanes = functions.lanes();
        int layer = functions.layer();
        clear(after[layer], lanes);
        for (int r = 0; r < lanes; r++) {
            addRow(layer, functions.units()[r], functions.signs()[r], r, bounds);
            if (functions.others() != null) {
                addRow(layer, functions.others()[r], -functions.signs()[r], r, bounds);
            }
        }
    }

    private static void clear(double[][] rows, int lanes) {
        for (double[] row : rows) {
            Arrays.fill(row, 0, lanes, 0);
        }
    }

    private void addRow(int layer, int unit, double sign, int lane, HiddenBounds bounds) {
        SparseNetwork.Layer weights = network.layer(layer);
        double bias = sign * weights.biases()[unit];
        constant[lane] += bias;
        magnitude[lane] += Math.abs(bias);
        slack[lane] += Math.abs(sign) * bounds.slack[layer][unit];
        for (int at = weights.starts()[unit]; at < weights.starts()[unit + 1]; at++) {
            after[layer][weights.columns()[at]][lane] += sign * weights.weights()[at];
        }
    }

    /** From before the ReLU of a hidden layer to after the ReLU below, or to the inputs. */
    private void back(int layer, int lanes, HiddenBounds bounds) {
        SparseNetwork.Layer weights = network.layer(layer);
        double[][] to = after[layer];
        clear(to, lanes);
        int[] columns = weights.columns();
        double[] values = weights.weights();
        double @Nullable [] gate = layer == 0 ? null : bounds.upper[layer - 1];
        for (int o = 0; o < weights.outputs(); o++) {
            if (bounds.upper[layer][o] <= 0) {
                continue; // off for all inputs, so every coefficient is zero
            }
            double[] from = before[layer][o];
            addOffsets(from, lanes, weights.biases()[o], bounds.slack[layer][o]);
            for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
                int column = columns[at];
                if (gate == null || gate[column] > 0) {
                    addProduct(values[at], from, to[column], lanes);
                }
            }
        }
    }

    private void addOffsets(double[] from, int lanes, double bias, double slackOf) {
        for (int r = 0; r < lanes; r++) {
            slack[r] += Math.abs(from[r]) * slackOf;
        }
        if (bias != 0) {
            for (int r = 0; r < lanes; r++) {
                double offset = from[r] * bias;
                constant[r] += offset;
                magnitude[r] += Math.abs(offset);
            }
        }
    }

    /** {@code to += factor * from}, which the compiler turns into vector code. */
    static void addProduct(double factor, double[] from, double[] to, int lanes) {
        for (int r = 0; r < lanes; r++) {
            to[r] = Math.fma(factor, from[r], to[r]);
        }
    }

    /** Adds the least of {@code v x}, x in [low, high], low at least 0. */
    private static void addBox(double[] inputs, int lanes, double low, double high, double[] box, double[] magnitude) {
        for (int r = 0; r < lanes; r++) {
            double v = inputs[r];
            double size = Math.abs(v);
            // Exact: one of the two is v and the other zero.
            double positive = 0.5 * (v + size) * low;
            double negative = 0.5 * (v - size) * high;
            box[r] += positive + negative;
            magnitude[r] += positive - negative;
        }
    }

    /** Through the ReLUs of a layer, bounds shared, lower slopes 0 or 1. */
    private void relax(int layer, int lanes, HiddenBounds bounds) {
        for (int i = 0; i < before[layer].length; i++) {
            double l = bounds.lower[layer][i];
            double u = bounds.upper[layer][i];
            if (u <= 0) {
                continue; // never read: see back
            } else if (l >= 0) {
                System.arraycopy(after[layer + 1][i], 0, before[layer][i], 0, lanes);
            } else {
                relaxRow(after[layer + 1][i], before[layer][i], lanes, l, u, u > -l ? 1 : 0, u / (u - l));
            }
        }
    }

    private void relaxRow(double[] from, double[] to, int lanes, double l, double u, double alpha, double slope) {
        for (int r = 0; r < lanes; r++) {
            double v = from[r];
            double size = Math.abs(v);
            double negative = 0.5 * (v - size);
            double lambda = negative * slope;
            double offset = Math.min(-lambda * l, (negative - lambda) * u);
            to[r] = 0.5 * (v + size) * alpha + lambda;
            constant[r] += offset;
            magnitude[r] -= offset;
        }
    }

    /** Through the ReLUs of a layer with each lane's own slopes, splits and multipliers. */
    private void relax(int layer, int lanes, HiddenBounds bounds, LaneChoices choices) {
        for (int i = 0; i < before[layer].length; i++) {
            double l = bounds.lower[layer][i];
            double u = bounds.upper[layer][i];
            if (u <= 0) {
                continue;
            } else if (l >= 0) {
                System.arraycopy(after[layer + 1][i], 0, before[layer][i], 0, lanes);
            } else {
                relaxRow(
                        after[layer + 1][i],
                        before[layer][i],
                        lanes,
                        l,
                        u,
                        choices.slope[layer][i],
                        choices.side[layer][i],
                        choices.multiplier[layer][i]);
            }
        }
    }

    private void relaxRow(
            double[] from,
            double[] to,
            int lanes,
            double l,
            double u,
            double[] slopes,
            byte[] sides,
            double[] multipliers) {
        double slope = u / (u - l);
        for (int r = 0; r < lanes; r++) {
            double v = from[r];
            if (sides[r] > 0) {
                to[r] = v - multipliers[r];
            } else if (sides[r] < 0) {
                to[r] = multipliers[r];
            } else if (v >= 0) {
                to[r] = v * slopes[r];
            } else {
                double lambda = v * slope;
                double offset = Math.min(-lambda * l, (v - lambda) * u);
                to[r] = lambda;
                constant[r] += offset;
                magnitude[r] -= offset;
            }
        }
    }
}
