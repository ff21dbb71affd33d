package org.espalier.construct;

import java.util.ArrayList;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * A strong ticket by subset sums: each weight of a target network is replaced by the sum of a subset of random samples. The samples
 * that are kept are a ticket of a random network that is wider by the number of samples. Pensia et al., "Optimal lottery tickets via
 * SubsetSum: logarithmic over-parameterization is sufficient" (2020), and their code: the weights of an output share one draw of
 * samples, uniform between the smallest and the largest weight of the target's layer.
 *
 * @param samples number of samples n to a weight
 * @param error epsilon: the distance of a sum that counts as a failure if it is exceeded
 * @param dropSmall whether weights of at most epsilon get the empty subset
 */
public record StrongTicket(int samples, double error, boolean dropSmall) {
    public StrongTicket {
        if (samples < 1 || samples > SubsetSums.MOST) {
            throw new IllegalArgumentException(
                    "the number of samples must lie in 1 to " + SubsetSums.MOST + ", got " + samples);
        }
        if (!(error > 0)) {
            throw new IllegalArgumentException("the error must be above 0, got " + error);
        }
    }

    /** The number of samples of the published code: {@code c round(log2(1 / epsilon))}; 21 for c = 3 and epsilon 0.01. */
    public static int samples(int c, double error) {
        return Math.multiplyExact(c, Math.toIntExact(Math.round(StrictMath.log(1 / error) / StrictMath.log(2))));
    }

    /**
     * What became of a layer.
     *
     * @param name of the layer
     * @param weights surviving weights of the target
     * @param drawn samples of these weights, n to each
     * @param kept samples in the subsets
     * @param largestError largest distance of a sum from its weight
     * @param failures weights whose distance is above epsilon
     */
    public record Layer(String name, int weights, long drawn, long kept, double largestError, int failures) {}

    /**
     * The network of sums.
     *
     * @param weights the target's, with sums in place of surviving weights; biases and batch norms as they are
     */
    public record Result(Weights weights, List<Layer> layers) {
        /** Copies the list. */
        public Result {
            layers = List.copyOf(layers);
        }

        /** Samples of all layers. */
        public long drawn() {
            return layers.stream().mapToLong(Layer::drawn).sum();
        }

        /** Samples in subsets of all layers. */
        public long kept() {
            return layers.stream().mapToLong(Layer::kept).sum();
        }

        /** Weights whose distance is above epsilon. */
        public int failures() {
            return layers.stream().mapToInt(Layer::failures).sum();
        }

        /** Largest distance of a sum from its weight. */
        public double largestError() {
            return layers.stream().mapToDouble(Layer::largestError).max().orElse(0);
        }
    }

    /**
     * Makes the sums.
     *
     * @param target trained weights; zero where pruned
     * @param mask weights of the target that have samples; the others stay 0
     * @param stream of the samples
     */
    public Result of(Weights target, Mask mask, Stream stream) {
        Architecture architecture = target.architecture();
        Weights made = target.copy();
        List<Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            layers.add(layer(layer, made.matrix(layer), mask, stream.child(layer)));
        }
        return new Result(made, layers);
    }

    private Layer layer(int layer, float[] weights, Mask mask, Stream stream) {
        Architecture architecture = mask.architecture();
        int inputs = architecture.inputs(layer);
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < weights.length; i++) {
            if (mask.keeps(layer, i)) {
                lowest = Math.min(lowest, weights[i]);
                highest = Math.max(highest, weights[i]);
            }
        }
        long kept = 0;
        double largest = 0;
        int failures = 0;
        for (int row = 0; row < architecture.outputs(layer); row++) {
            SubsetSums sums = null; // made for the first weight of the output
            for (int i = row * inputs; i < (row + 1) * inputs; i++) {
                if (!mask.keeps(layer, i)) {
                    continue;
                }
                double distance = Math.abs((double) weights[i]);
                if (dropSmall && distance <= error) {
                    weights[i] = 0;
                } else {
                    if (sums == null) {
                        sums = new SubsetSums(draw(stream.child(row), lowest, highest));
                    }
                    distance = sums.nearest(weights[i]);
                    weights[i] = (float) sums.sum();
                    kept += sums.size();
                }
                largest = Math.max(largest, distance);
                failures += distance > error ? 1 : 0;
            }
        }
        int count = mask.count(layer);
        return new Layer(architecture.node(layer), count, (long) count * samples, kept, largest, failures);
    }

    private double[] draw(Stream stream, double lowest, double highest) {
        double[] drawn = new double[samples];
        for (int i = 0; i < samples; i++) {
            drawn[i] = lowest + (highest - lowest) * stream.uniform(i);
        }
        return drawn;
    }
}
