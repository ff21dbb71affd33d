package org.espalier.evaluate.certify;

import org.espalier.attack.Norm;
import org.espalier.evaluate.certify.chain.SparseNetwork;

/**
 * Bounds of every hidden unit before its ReLU, for one input region, and each unit's slack (see {@link SparseNetwork}).
 * Filled layer by layer from the input.
 *
 * <p>A unit without a ReLU has the bounds 0 and infinity, as if it were a ReLU that is always on: that is how linear bounds treat
 * it. What it really lies between is kept apart, for the intervals of the next layer.
 */
final class HiddenBounds {
    final InputRegion region;
    final double[][] lower; // (hidden layer, unit)
    final double[][] upper; // (hidden layer, unit)
    final double[][] slack; // (layer, unit): logits included
    private final SparseNetwork network;
    private final double[][] passedLower; // (hidden layer, unit): of units without a ReLU
    private final double[][] passedUpper;

    HiddenBounds(SparseNetwork network, InputRegion region) {
        this.network = network;
        this.region = region;
        lower = new double[network.hidden()][];
        upper = new double[network.hidden()][];
        passedLower = new double[network.hidden()][];
        passedUpper = new double[network.hidden()][];
        slack = new double[network.layers()][];
        for (int layer = 0; layer < network.layers(); layer++) {
            int units = network.layer(layer).outputs();
            slack[layer] = new double[units];
            if (layer < network.hidden()) {
                lower[layer] = new double[units];
                upper[layer] = new double[units];
                passedLower[layer] = new double[units];
                passedUpper[layer] = new double[units];
            }
        }
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
    void intervals(int layer) {
        SparseNetwork.Layer weights = network.layer(layer);
        double[] low = new double[weights.inputs()];
        double[] high = new double[weights.inputs()];
        below(layer, low, high);
        double[] reach = new double[weights.inputs()];
        for (int i = 0; i < reach.length; i++) {
            reach[i] = Math.max(high[i], -low[i]);
        }
        double[] both = new double[2 * reach.length]; // low and high of each input side by side
        for (int i = 0; i < reach.length; i++) {
            both[2 * i] = low[i];
            both[2 * i + 1] = high[i];
        }
        for (int o = 0; o < weights.outputs(); o++) {
            if (layer < lower.length) {
                interval(layer, o, both, reach);
            } else {
                slack[layer][o] = weights.slack(o, reach);
            }
        }
    }

    private void interval(int layer, int o, double[] both, double[] reach) {
        SparseNetwork.Layer weights = network.layer(layer);
        double least = weights.biases()[o];
        double most = least;
        double size = Math.abs(weights.biasSizes()[o]);
        double[] values = weights.weights();
        double[] sizes = weights.sizes();
        int[] columns = weights.columns();
        for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
            double w = values[at];
            int i = columns[at];
            int negative = (int) (Double.doubleToRawLongBits(w) >>> 63); // a branch on the sign is mostly mispredicted
            least = Math.fma(w, both[2 * i + negative], least);
            most = Math.fma(w, both[2 * i + 1 - negative], most);
            size += Math.abs(sizes[at]) * reach[i];
        }
        double slackOf = weights.slack(o, size);
        slack[layer][o] = slackOf;
        if (slackOf == Double.POSITIVE_INFINITY) {
            set(
                    layer,
                    o,
                    Double.NEGATIVE_INFINITY,
                    Double.POSITIVE_INFINITY); // float32 may overflow: there is no bound
            return;
        }
        double from = Math.nextDown(least - slackOf);
        double to = Math.nextUp(most + slackOf);
        if (layer == 0 && region.norm != Norm.LINF) {
            double bias = weights.biases()[o];
            from = Math.max(from, Math.nextDown(bias + region.ballBound(weights, o, 1) - slackOf));
            to = Math.min(to, Math.nextUp(bias - region.ballBound(weights, o, -1) + slackOf));
        }
        set(layer, o, from, to);
    }

    private void set(int layer, int unit, double from, double to) {
        if (network.layer(layer).passes()[unit]) {
            passedLower[layer][unit] = from;
            passedUpper[layer][unit] = to;
            lower[layer][unit] = 0;
            upper[layer][unit] = Double.POSITIVE_INFINITY;
        } else {
            lower[layer][unit] = from;
            upper[layer][unit] = to;
        }
    }

    /** Bounds of a layer's inputs: the input box, or the layer below after its ReLU. */
    void below(int layer, double[] low, double[] high) {
        for (int i = 0; i < low.length; i++) {
            if (layer == 0) {
                low[i] = region.lower[i];
                high[i] = region.upper[i];
            } else if (network.layer(layer - 1).passes()[i]) {
                low[i] = passedLower[layer - 1][i];
                high[i] = passedUpper[layer - 1][i];
            } else {
                low[i] = Math.max(0, lower[layer - 1][i]);
                high[i] = Math.max(0, upper[layer - 1][i]);
            }
        }
    }
}
