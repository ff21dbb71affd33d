package org.espalier.evaluate.certify;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network reduced to the parts that can change a logit: surviving weights other than zero, pixels that one of them
 * reads, and hidden units on a live path from an input to a logit. The cost of bounds is proportional to these weights.
 *
 * <p><b>What bounds hold for.</b> The real-number network with the stored float32 weights, and at the same time every
 * float32 evaluation of it: unit {@code o} of a layer is taken to compute {@code sum_i w_oi a_i + b_o + e_o}, where
 * {@code e_o} is any number with {@code |e_o| <= slack_o}. For {@code n} products added in float32, in any order, fused
 * or not, {@code |e_o| <= gamma(n + 2) (sum_i |w_oi| |a_i| + |b_o|)}, {@code gamma(k) = k u / (1 - k u)},
 * {@code u = 2^-24} (Higham, "Accuracy and stability of numerical algorithms", section 3.1), plus what underflows;
 * {@code e_o = 0} is the real network. {@code |a_i|} is at most the upper bound of the unit below.
 *
 * <p><b>The float64 arithmetic of the bounds themselves.</b> A linear bound goes back through a layer with
 * coefficients {@code v = W' lambda}, computed with an error of at most {@code gamma64(m + 2) sum_o |w_oi| |lambda_o|} in
 * {@code v_i}, m rows. It changes the bound by at most {@code sum_i |error_i| |a_i| <= gamma64(m + 2) sum_o |lambda_o|
 * sum_i |w_oi| |a_i|}, which has the form of the float32 term; so {@code slack_o} holds both, and subtracting {@code sum_o
 * |lambda_o| slack_o} covers them together. All that remains are the sums of constants, bounded in {@link
 * LinearBounds}.
 */
final class SparseNetwork {
    /** Unit roundoff of float32. */
    private static final double FLOAT_UNIT = 0x1p-24;

    /** Unit roundoff of float64. */
    private static final double DOUBLE_UNIT = 0x1p-53;

    /** The smallest float above 0; a product or sum in the denormal range errs by half of it. */
    private static final double TINY = Float.MIN_VALUE;

    private final Architecture architecture;
    private final int[] pixels;
    private final Layer[] layers;

    /**
     * Reduces a network.
     *
     * @throws IllegalArgumentException if a surviving weight or a bias is not finite, or weights and mask do not fit
     */
    SparseNetwork(Weights weights, Mask mask) {
        architecture = weights.architecture();
        if (!mask.architecture().equals(architecture)) {
            throw new IllegalArgumentException(
                    "weights of a network " + architecture + " do not fit a mask of " + mask.architecture());
        }
        int count = architecture.layers();
        BitSet[] kept = kept(weights, mask);
        pixels = kept[0].stream().toArray();
        layers = new Layer[count];
        for (int layer = 0; layer < count; layer++) {
            layers[layer] = layer(weights, mask, layer, kept[layer], kept[layer + 1]);
        }
    }

    /** One layer's weights, row by row: those of output {@code o} stand at {@code starts[o] .. starts[o + 1] - 1}. */
    record Layer(int inputs, int outputs, int[] starts, int[] columns, double[] weights, double[] biases) {
        /**
         * How far a computed output can be from the exact sum, see {@link SparseNetwork}.
         *
         * @param reach (input) largest absolute value of each input
         * @return infinity where float32 might overflow
         */
        double slack(int output, double[] reach) {
            double size = Math.abs(biases[output]);
            int terms = starts[output + 1] - starts[output];
            for (int at = starts[output]; at < starts[output + 1]; at++) {
                size += Math.abs(weights[at]) * reach[columns[at]];
            }
            size *= 1 + 4 * (terms + 4) * DOUBLE_UNIT;
            if (!(size < Float.MAX_VALUE / 4)) {
                return Double.POSITIVE_INFINITY;
            }
            double k = (terms + 2) * FLOAT_UNIT;
            if (k >= 0.5) {
                return Double.POSITIVE_INFINITY;
            }
            // Products of this row are added in sums of at most `outputs` terms going back, `terms` going forward.
            double bounds = 4.0 * (outputs + terms + 8) * DOUBLE_UNIT;
            return (size * (k / (1 - k) + bounds) + (terms + 4) * TINY) * (1 + 0x1p-40);
        }
    }

    /** Hidden units (and inputs and logits) that stay, by boundary: 0 the inputs, then each layer's outputs. */
    private static BitSet[] kept(Weights weights, Mask mask) {
        Architecture architecture = weights.architecture();
        int count = architecture.layers();
        BitSet[] kept = new BitSet[count + 1];
        kept[0] = new BitSet();
        kept[0].set(0, architecture.inputs());
        for (int layer = 0; layer < count; layer++) {
            kept[layer + 1] = new BitSet();
            int inputs = architecture.inputs(layer);
            for (int o = 0; o < architecture.outputs(layer); o++) {
                boolean driven = architecture.bias(layer) && checked(weights.biases(layer)[o], layer) != 0;
                for (int i = 0; i < inputs; i++) {
                    int at = o * inputs + i;
                    if (mask.keeps(layer, at) && checked(weights.matrix(layer)[at], layer) != 0) {
                        driven |= kept[layer].get(i);
                    }
                }
                kept[layer + 1].set(o, driven);
            }
        }
        kept[count].set(0, architecture.classes());
        for (int layer = count - 1; layer >= 0; layer--) {
            BitSet heard = new BitSet();
            int inputs = architecture.inputs(layer);
            for (int o = kept[layer + 1].nextSetBit(0); o >= 0; o = kept[layer + 1].nextSetBit(o + 1)) {
                for (int i = 0; i < inputs; i++) {
                    if (mask.keeps(layer, o * inputs + i) && weights.matrix(layer)[o * inputs + i] != 0) {
                        heard.set(i);
                    }
                }
            }
            kept[layer].and(heard);
        }
        return kept;
    }

    private static float checked(float value, int layer) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    "a network to be certified has finite weights, layer " + layer + " holds " + value);
        }
        return value;
    }

    private static Layer layer(Weights weights, Mask mask, int layer, BitSet in, BitSet out) {
        Architecture architecture = weights.architecture();
        int inputs = architecture.inputs(layer);
        int[] columns = in.stream().toArray();
        int[] rows = out.stream().toArray();
        int[] starts = new int[rows.length + 1];
        int[] found = new int[Math.min(mask.count(layer), rows.length * columns.length)];
        double[] values = new double[found.length];
        double[] biases = new double[rows.length];
        int next = 0;
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < columns.length; c++) {
                int at = rows[r] * inputs + columns[c];
                float weight = weights.matrix(layer)[at];
                if (mask.keeps(layer, at) && weight != 0) {
                    found[next] = c;
                    values[next++] = weight;
                }
            }
            starts[r + 1] = next;
            biases[r] = architecture.bias(layer) ? weights.biases(layer)[rows[r]] : 0;
        }
        return new Layer(
                columns.length, rows.length, starts, Arrays.copyOf(found, next), Arrays.copyOf(values, next), biases);
    }

    Architecture architecture() {
        return architecture;
    }

    int classes() {
        return architecture.classes();
    }

    /** Number of weight layers. */
    int layers() {
        return layers.length;
    }

    /** Number of layers that end in a ReLU. */
    int hidden() {
        return layers.length - 1;
    }

    Layer layer(int layer) {
        return layers[layer];
    }

    /** Live inputs by their index in the image, ascending. Not to be written to. */
    int[] pixels() {
        return pixels;
    }

    /** The widest boundary, inputs and logits included. */
    int widest() {
        int widest = pixels.length;
        for (Layer layer : layers) {
            widest = Math.max(widest, layer.outputs());
        }
        return widest;
    }

    /** Weights kept. */
    int weights() {
        return Arrays.stream(layers).mapToInt(layer -> layer.weights().length).sum();
    }

    /** Hidden units kept. */
    int hiddenUnits() {
        return Arrays.stream(layers).limit(hidden()).mapToInt(Layer::outputs).sum();
    }

    /** Logits of one input in float64. */
    double[] logits(double[] input) {
        double[] values = input;
        for (int k = 0; k < layers.length; k++) {
            Layer layer = layers[k];
            double[] sums = new double[layer.outputs()];
            for (int o = 0; o < sums.length; o++) {
                double sum = layer.biases()[o];
                for (int at = layer.starts()[o]; at < layer.starts()[o + 1]; at++) {
                    sum = Math.fma(layer.weights()[at], values[layer.columns()[at]], sum);
                }
                sums[o] = k < hidden() && sum < 0 ? 0 : sum;
            }
            values = sums;
        }
        return values;
    }
}
