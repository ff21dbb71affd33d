package org.espalier.evaluate.certify;

import org.espalier.attack.Norm;

/**
 * Bounds of every hidden unit before its ReLU, for one input region, and each unit's slack (see {@link SparseNetwork}).
 * Filled layer by layer from the input.
 */
final class HiddenBounds {
    final InputRegion region;
    final double[][] lower; // (hidden layer, unit)
    final double[][] upper; // (hidden layer, unit)
    final double[][] slack; // (layer, unit): logits included

    HiddenBounds(SparseNetwork network, InputRegion region) {
        this.region = region;
        lower = new double[network.hidden()][];
        upper = new double[network.hidden()][];
        slack = new double[network.layers()][];
        for (int layer = 0; layer < network.layers(); layer++) {
            int units = network.layer(layer).outputs();
            slack[layer] = new double[units];
            if (layer < network.hidden()) {
                lower[layer] = new double[units];
                upper[layer] = new double[units];
            }
        }
    }

    /** The same values in arrays of their own. */
    HiddenBounds copy() {
        return new HiddenBounds(this);
    }

    private HiddenBounds(HiddenBounds other) {
        region = other.region;
        lower = deep(other.lower);
        upper = deep(other.upper);
        slack = deep(other.slack);
    }

    private static double[][] deep(double[][] values) {
        double[][] copy = new double[values.length][];
        for (int i = 0; i < values.length; i++) {
            copy[i] = values[i].clone();
        }
        return copy;
    }

    /** Whether a unit's ReLU may be on for some inputs and off for others. */
    boolean unstable(int layer, int unit) {
        return !(lower[layer][unit] >= 0) && !(upper[layer][unit] <= 0);
    }

    /** Units whose ReLU may be on or off. */
    int unstable() {
        int count = 0;
        for (int layer = 0; layer < lower.length; layer++) {
            for (int unit = 0; unit < lower[layer].length; unit++) {
                count += unstable(layer, unit) ? 1 : 0;
            }
        }
        return count;
    }

    /** Sets slacks of a layer from the bounds below it, then its bounds by intervals if it is hidden. */
    void intervals(SparseNetwork network, int layer) {
        SparseNetwork.Layer weights = network.layer(layer);
        double[] low = new double[weights.inputs()];
        double[] high = new double[weights.inputs()];
        below(layer, low, high);
        for (int o = 0; o < weights.outputs(); o++) {
            double slack = weights.slack(o, high); // a layer's inputs are never negative
            this.slack[layer][o] = slack;
            if (layer < lower.length && slack == Double.POSITIVE_INFINITY) {
                lower[layer][o] = Double.NEGATIVE_INFINITY; // float32 may overflow here, so there is no bound
                upper[layer][o] = Double.POSITIVE_INFINITY;
            } else if (layer < lower.length) {
                double least = weights.biases()[o];
                double most = least;
                for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
                    double w = weights.weights()[at];
                    int i = weights.columns()[at];
                    least = Math.fma(w, w > 0 ? low[i] : high[i], least);
                    most = Math.fma(w, w > 0 ? high[i] : low[i], most);
                }
                lower[layer][o] = Math.nextDown(least - slack);
                upper[layer][o] = Math.nextUp(most + slack);
                if (layer == 0 && region.norm != Norm.LINF) {
                    ball(weights, o, slack);
                }
            }
        }
    }

    /** What the L2 or L1 ball adds for a unit of the first layer. */
    private void ball(SparseNetwork.Layer weights, int o, double slack) {
        double[][] row = new double[weights.inputs()][2]; // lanes: the row and its negative
        for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
            row[weights.columns()[at]][0] = weights.weights()[at];
            row[weights.columns()[at]][1] = -weights.weights()[at];
        }
        double bias = weights.biases()[o];
        double least = bias + region.ballBound(row, 0);
        double most = bias - region.ballBound(row, 1);
        lower[0][o] = Math.max(lower[0][o], Math.nextDown(least - slack));
        upper[0][o] = Math.min(upper[0][o], Math.nextUp(most + slack));
    }

    /** Bounds of a layer's inputs: the input box, or the layer below after its ReLU. */
    void below(int layer, double[] low, double[] high) {
        for (int i = 0; i < low.length; i++) {
            low[i] = layer == 0 ? region.lower[i] : Math.max(0, lower[layer - 1][i]);
            high[i] = layer == 0 ? region.upper[i] : Math.max(0, upper[layer - 1][i]);
        }
    }
}
