package org.espalier.evaluate.certify.chain;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network as a chain of sparse affine layers with ReLUs between them, reduced to the parts that can change a logit:
 * surviving weights other than zero, pixels that one of them reads, and hidden units on a live path from an input to a logit.
 * The cost of bounds is proportional to these weights. {@link Lowering} makes the chain from any graph. A convolution's weights
 * occur in it once for each position.
 *
 * <p><b>What bounds hold for.</b> The real-number network with the stored float32 weights, and at the same time every
 * float32 evaluation of it: unit {@code o} of a layer is taken to compute {@code sum_i w_oi a_i + b_o + e_o}, where
 * {@code e_o} is any number with {@code |e_o| <= slack_o}. For {@code n} products added in float32, in any order, fused
 * or not, {@code |e_o| <= gamma(n + 2) (sum_i |w_oi| |a_i| + |b_o|)}, {@code gamma(k) = k u / (1 - k u)},
 * {@code u = 2^-24} (Higham, "Accuracy and stability of numerical algorithms", section 3.1), plus what underflows;
 * {@code e_o = 0} is the real network. {@code |a_i|} is at most the larger absolute bound of the unit below. A unit may stand for
 * several operations, e.g. a convolution and a batch norm. {@link Combination} then derives the number of roundings, and sizes
 * that replace {@code |w_oi|}. A unit that copies a value to the next layer has no such error.
 *
 * <p><b>The float64 arithmetic of the bounds themselves.</b> A linear bound goes back through a layer with
 * coefficients {@code v = W' lambda}, computed with an error of at most {@code gamma64(m + 2) sum_o |w_oi| |lambda_o|} in
 * {@code v_i}, m rows. It changes the bound by at most {@code sum_i |error_i| |a_i| <= gamma64(m + 2) sum_o |lambda_o|
 * sum_i |w_oi| |a_i|}, which has the form of the float32 term; so {@code slack_o} holds both, and subtracting {@code sum_o
 * |lambda_o| slack_o} covers them together. All that remains are the sums of constants, bounded where linear bounds are
 * computed.
 */
public final class SparseNetwork {
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
     * @throws IllegalArgumentException if a surviving weight or another parameter is not finite, or weights and mask do not fit
     * @throws org.espalier.UserException if the chain is too large
     */
    public SparseNetwork(Weights weights, Mask mask) {
        architecture = weights.architecture();
        if (!mask.architecture().equals(architecture)) {
            throw new IllegalArgumentException(
                    "weights of a network " + architecture + " do not fit a mask of " + mask.architecture());
        }
        Lowering lowering = new Lowering(weights, mask);
        List<Lowering.Level> levels = lowering.levels();
        layers = new Layer[levels.size() + 1];
        List<Lowering.Unit> units = Arrays.stream(lowering.logits())
                .map(logit -> new Lowering.Unit(atLeastRounded(logit), false, 0))
                .toList();
        for (int layer = layers.length - 1; layer > 0; layer--) {
            int[] read = read(units);
            layers[layer] = Layer.of(units, read);
            List<Lowering.Unit> below = levels.get(layer - 1).units();
            units = Arrays.stream(read).mapToObj(below::get).toList();
        }
        pixels = read(units);
        layers[0] = Layer.of(units, pixels);
    }

    /** Margins sum a logit's products in float64, which its slack has to cover even if the network computes no sum there. */
    private static Affine atLeastRounded(Affine logit) {
        int terms = logit.columns().length;
        return new Affine(
                logit.columns(),
                logit.weights(),
                logit.sizes(),
                logit.bias(),
                logit.biasSize(),
                Math.max(terms + 2, logit.roundings()),
                Math.max(terms + 4, logit.tiny()),
                Math.max(1, logit.growth()));
    }

    /** Units of the level below that these read, ascending. */
    private static int[] read(List<Lowering.Unit> units) {
        BitSet read = new BitSet();
        for (Lowering.Unit unit : units) {
            for (int column : unit.row().columns()) {
                read.set(column);
            }
        }
        return read.stream().toArray();
    }

    /**
     * One layer's weights, row by row: those of output {@code o} stand at {@code starts[o] .. starts[o + 1] - 1}.
     *
     * @param sizes (entry) what stands in place of absolute weights where rounding is bounded; often the weights themselves
     * @param passes (output) whether it has no ReLU though the layer is hidden: it only carries a value to the next layer
     * @param places (output) place in the image that it belongs to, 0 where the layer is flat
     */
    public record Layer(
            int inputs,
            int outputs,
            int[] starts,
            int[] columns,
            double[] weights,
            double[] biases,
            double[] sizes,
            double[] biasSizes,
            int[] roundings,
            double[] tiny,
            double[] growth,
            boolean[] passes,
            int[] places) {
        /** Layer of these units; {@code read} are the units of the level below that stay. */
        private static Layer of(List<Lowering.Unit> units, int[] read) {
            int[] numbers = new int[read.length == 0 ? 0 : read[read.length - 1] + 1];
            for (int n = 0; n < read.length; n++) {
                numbers[read[n]] = n;
            }
            int outputs = units.size();
            int[] starts = new int[outputs + 1];
            boolean plain = true;
            for (int o = 0; o < outputs; o++) {
                Affine row = units.get(o).row();
                starts[o + 1] = Math.addExact(starts[o], row.columns().length);
                plain &= row.sizes() == row.weights();
            }
            int[] columns = new int[starts[outputs]];
            double[] weights = new double[columns.length];
            double[] sizes = plain ? weights : new double[columns.length];
            Layer layer = new Layer(
                    read.length,
                    outputs,
                    starts,
                    columns,
                    weights,
                    new double[outputs],
                    sizes,
                    new double[outputs],
                    new int[outputs],
                    new double[outputs],
                    new double[outputs],
                    new boolean[outputs],
                    new int[outputs]);
            for (int o = 0; o < outputs; o++) {
                layer.fill(o, units.get(o), numbers);
            }
            return layer;
        }

        private void fill(int o, Lowering.Unit unit, int[] numbers) {
            Affine row = unit.row();
            for (int e = 0; e < row.columns().length; e++) {
                columns[starts[o] + e] = numbers[row.columns()[e]];
            }
            System.arraycopy(row.sizes(), 0, sizes, starts[o], row.sizes().length);
            System.arraycopy(row.weights(), 0, weights, starts[o], row.weights().length);
            biases[o] = row.bias();
            biasSizes[o] = row.biasSize();
            roundings[o] = row.roundings();
            tiny[o] = row.tiny();
            growth[o] = row.growth();
            passes[o] = unit.pass();
            places[o] = unit.place();
        }

        /**
         * How far a computed output can be from the exact sum, see {@link SparseNetwork}.
         *
         * @param reach (input) largest absolute value of each input
         * @return infinity where float32 might overflow
         */
        public double slack(int output, double[] reach) {
            double size = Math.abs(biasSizes[output]);
            for (int at = starts[output]; at < starts[output + 1]; at++) {
                size += Math.abs(sizes[at]) * reach[columns[at]];
            }
            return slack(output, size);
        }

        /** The same from the sum of sizes times reach, and the bias's size, as computed in float64. */
        public double slack(int output, double computedSize) {
            int terms = starts[output + 1] - starts[output];
            double size = computedSize * (1 + 4 * (terms + 4) * DOUBLE_UNIT);
            if (!(size * growth[output] < Float.MAX_VALUE / 4)) {
                return Double.POSITIVE_INFINITY;
            }
            double k = roundings[output] * FLOAT_UNIT;
            if (k >= 0.5) {
                return Double.POSITIVE_INFINITY;
            }
            // Products of this row are added in sums of at most `outputs` terms going back, `terms` going forward.
            double bounds = 4.0 * (outputs + terms + 8) * DOUBLE_UNIT;
            return (size * (k / (1 - k) + bounds) + tiny[output] * TINY) * (1 + 0x1p-40);
        }
    }

    public Architecture architecture() {
        return architecture;
    }

    public int classes() {
        return architecture.classes();
    }

    /** Number of affine layers. */
    public int layers() {
        return layers.length;
    }

    /** Number of layers whose outputs enter ReLUs, or are carried on. */
    public int hidden() {
        return layers.length - 1;
    }

    public Layer layer(int layer) {
        return layers[layer];
    }

    /** Live inputs by their index in the image, ascending. Not to be written to. */
    public int[] pixels() {
        return pixels;
    }

    /** The widest boundary, inputs and logits included. */
    public int widest() {
        int widest = pixels.length;
        for (Layer layer : layers) {
            widest = Math.max(widest, layer.outputs());
        }
        return widest;
    }

    /** Weights of the chain. */
    public int weights() {
        return Arrays.stream(layers).mapToInt(layer -> layer.weights().length).sum();
    }

    /** Hidden units of the chain, those without a ReLU included. */
    public int units() {
        return Arrays.stream(layers).limit(hidden()).mapToInt(Layer::outputs).sum();
    }

    /** Hidden units with a ReLU. */
    public int hiddenUnits() {
        int count = 0;
        for (int layer = 0; layer < hidden(); layer++) {
            for (boolean pass : layers[layer].passes()) {
                count += pass ? 0 : 1;
            }
        }
        return count;
    }

    /** Logits of one input, of the {@link #pixels}, in float64. */
    public double[] logits(double[] input) {
        double[] values = input;
        for (int k = 0; k < layers.length; k++) {
            Layer layer = layers[k];
            double[] sums = new double[layer.outputs()];
            for (int o = 0; o < sums.length; o++) {
                double sum = layer.biases()[o];
                for (int at = layer.starts()[o]; at < layer.starts()[o + 1]; at++) {
                    sum = Math.fma(layer.weights()[at], values[layer.columns()[at]], sum);
                }
                sums[o] = k < hidden() && sum < 0 && !layer.passes()[o] ? 0 : sum;
            }
            values = sums;
        }
        return values;
    }
}
