package org.espalier.prune.criterion;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.espalier.data.Split;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * {@code w (H g)}, the lowest go: weights whose loss lowers the gradient's norm least. Wang et al., "Picking winning tickets before
 * training by preserving gradient flow" (2020). Their code forms {@code -w (H g)} and removes the highest, which is the same.
 *
 * <p>Everything is computed in float64, example by example, and the Hessian's product from two gradients. The published code takes
 * the gradient in two halves of the images; with halves of one size that changes no rank.
 */
@Kind("grasp")
public record Grasp(
        @Setting(value = "training images of each class", preset = "10", min = 1)
        int samples,

        @Setting(value = "what logits are divided by before the cross-entropy", preset = "200", min = 0, above = true)
        double temperature,

        @Setting(
                value =
                        "whether linear layers are scored with a fresh draw (normal, Glorot's variance), as in the published"
                                + " code, and not with the weights that train",
                preset = "false")
        boolean reinit,

        @Setting(value = "weights to score: initial or trained", preset = "initial")
        ScoredWeights weights)
        implements PreciseCriterion.Joint {
    private static final int BATCH = 16; // examples whose values are held at once

    @Override
    public String name() {
        return "grasp";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs(Need.DATA);
    }

    /** The published code keeps the weight at the boundary: one less than int(p n). */
    @Override
    public int published(double fraction, int survivors) {
        return Math.max(0, (int) (fraction * survivors) - 1);
    }

    @Override
    public double[][] scores(PruningContext context) {
        Weights scored = reinit ? drawn(weights.of(context), context) : weights.of(context);
        Mask mask = context.mask();
        Architecture architecture = mask.architecture();
        Map<String, double[]> parameters = DoublePass.values(scored);
        Split data = context.data();
        int[] images = context.samplePerClass(samples);
        UnaryOperator<double[]> gradient = w -> gradient(parameters, w, mask, data, images);
        double[] w = new double[architecture.weights()];
        int at = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            double[] matrix = matrix(parameters, architecture, layer);
            System.arraycopy(matrix, 0, w, at, matrix.length);
            at += matrix.length;
        }
        double[] g = gradient.apply(w);
        double[] product = HessianProduct.of(gradient, w, g);
        double[][] scores = new double[architecture.layers()][];
        at = 0;
        for (int layer = 0; layer < scores.length; layer++) {
            scores[layer] = new double[architecture.weights(layer)];
            for (int i = 0; i < scores[layer].length; i++, at++) {
                scores[layer][i] = w[at] * product[at];
            }
        }
        return scores;
    }

    /** The gradient of the mean cross-entropy of all weights in one array; zero where pruned. */
    private double[] gradient(Map<String, double[]> parameters, double[] w, Mask mask, Split data, int[] images) {
        Architecture architecture = mask.architecture();
        int from = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            double[] matrix = matrix(parameters, architecture, layer);
            System.arraycopy(w, from, matrix, 0, matrix.length);
            from += matrix.length;
        }
        double[] gradient = new double[w.length];
        for (int first = 0; first < images.length; first += BATCH) {
            int[] batch = Arrays.copyOfRange(images, first, Math.min(images.length, first + BATCH));
            double[][] pixels = Arrays.stream(batch).mapToObj(data::pixels).toArray(double[][]::new);
            DoublePass pass = new DoublePass(architecture.graph(), parameters, pixels);
            double[][] slopes = new double[batch.length][];
            Arrays.setAll(
                    slopes, e -> Slopes.of(pass.logits()[e], data.labels()[batch[e]], temperature, images.length));
            pass.backward(slopes);
            int at = 0;
            for (int layer = 0; layer < architecture.layers(); layer++) {
                double[] part = pass.gradient(architecture.node(layer) + ".weight");
                for (int i = 0; i < part.length; i++, at++) {
                    gradient[at] += mask.keeps(layer, i) ? part[i] : 0;
                }
            }
        }
        return gradient;
    }

    private static double[] matrix(Map<String, double[]> parameters, Architecture architecture, int layer) {
        return Objects.requireNonNull(parameters.get(architecture.node(layer) + ".weight"));
    }

    private static Weights drawn(Weights from, PruningContext context) {
        Weights drawn = from.copy();
        Architecture architecture = drawn.architecture();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            if (!architecture.convolution(layer)) {
                Stream stream = context.stream().child("reinit").child(layer);
                double deviation = Math.sqrt(2.0 / (architecture.inputs(layer) + architecture.outputs(layer)));
                for (int i = 0; i < architecture.weights(layer); i++) {
                    drawn.matrix(layer)[i] = (float) (deviation * BoxMuller.at(stream, i, 1));
                }
            }
        }
        drawn.apply(context.mask());
        return drawn;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<Grasp> {
        @Override
        public Class<Grasp> settings() {
            return Grasp.class;
        }

        @Override
        public Criterion create(Grasp settings) {
            return settings;
        }
    }
}
