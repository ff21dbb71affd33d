package org.espalier.evaluate.measure;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * The local Lipschitz constant of a margin, the label's logit less another's, in a ball around an image, from both sides: the
 * largest gradient among sampled points is at most it, and a bound of all gradients in the ball is at least it. Gradients are
 * measured in the dual norm of the ball's.
 *
 * <p>The lower side is the sample maximum of Weng et al., "Evaluating the robustness of neural networks: an extreme value theory
 * approach" (CLEVER, 2018); a radius from it alone may overstate robustness. The upper side propagates intervals of
 * pre-activations forward and of gradients back, as Fast-Lip of Weng et al., "Towards fast computation of certified robustness
 * for ReLU networks" (2018), does with tighter pre-activations. Fully connected networks only. All in float64.
 */
public final class LocalLipschitz {
    private final int[] widths;
    private final double[][] matrices; // (layer) (output, input)
    private final double[][] biases; // (layer) (output)
    private final Norm norm;
    private final double epsilon;

    /**
     * The constant of one image.
     *
     * @param label class of the image
     * @param other class with the largest other logit at the image
     * @param margin logit of the label less that of the other
     * @param lower largest gradient found
     * @param upper bound of all gradients in the ball, not below {@code lower}
     */
    public record Constant(int label, int other, double margin, double lower, double upper) {
        /** Radius within which the margin stays positive for sure, at most epsilon; 0 where the margin is not. */
        public double certified(double epsilon) {
            return radius(upper, epsilon);
        }

        /** The radius that the sampled gradients alone suggest, at most epsilon; no certificate. */
        public double sampled(double epsilon) {
            return radius(lower, epsilon);
        }

        private double radius(double constant, double epsilon) {
            return margin <= 0 ? 0 : constant == 0 ? epsilon : Math.min(epsilon, margin / constant);
        }
    }

    /**
     * The estimate of CLEVER: the limit of the largest gradients of batches of points. It can lie above or below the true constant.
     *
     * @param margin as of {@link Constant}
     * @param constant the estimate
     * @param largest gradient of all batches
     * @param chance p value of the fit; below 0.001 the estimate is {@code largest}
     */
    public record Clever(double margin, double constant, double largest, double chance) {
        /** The radius that the estimate suggests, at most epsilon; no certificate. */
        public double radius(double epsilon) {
            return new Constant(0, 1, margin, constant, constant).sampled(epsilon);
        }
    }

    /**
     * Of a network and a ball, not cut at 0 and 1.
     *
     * @param norm L-infinity or L2
     * @throws IllegalArgumentException if the network is not fully connected, or in another norm
     */
    public LocalLipschitz(Weights weights, Mask mask, Norm norm, double epsilon) {
        Architecture architecture = mask.architecture();
        widths = architecture
                .fullyConnected()
                .orElseThrow(() -> new IllegalArgumentException(
                        "local Lipschitz constants are of fully connected networks, got " + architecture))
                .widths()
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
        if (norm == Norm.L1) {
            throw new IllegalArgumentException("local Lipschitz constants are in L-infinity or L2, got " + norm);
        }
        this.norm = norm;
        this.epsilon = epsilon;
        matrices = new double[widths.length - 1][];
        biases = new double[widths.length - 1][];
        for (int layer = 0; layer < matrices.length; layer++) {
            float[] matrix = weights.matrix(layer);
            matrices[layer] = new double[matrix.length];
            for (int i = 0; i < matrix.length; i++) {
                matrices[layer][i] = mask.keeps(layer, i) ? matrix[i] : 0;
            }
            float[] bias = weights.biases(layer);
            biases[layer] = new double[widths[layer + 1]];
            for (int i = 0; i < bias.length; i++) {
                biases[layer][i] = bias[i];
            }
        }
    }

    /**
     * Measures an image. The result does not depend on threads or kernels.
     *
     * @param image pixels in [0, 1]
     * @param samples points of the ball besides its centre
     * @param draws stream of the points
     */
    public Constant of(double[] image, int label, int samples, Stream draws) {
        double[][] values = forward(image);
        double[] logits = values[matrices.length];
        int other = label == 0 ? 1 : 0;
        for (int c = 0; c < logits.length; c++) {
            other = c != label && logits[c] > logits[other] ? c : other;
        }
        double lower = dual(gradient(values, label, other));
        for (int s = 0; s < samples; s++) {
            double[] point = point(image, draws, (long) s * image.length);
            lower = Math.max(lower, dual(gradient(forward(point), label, other)));
        }
        // Rounding alone may bring the bound below what was found.
        return new Constant(
                label, other, logits[label] - logits[other], lower, Math.max(lower, bound(image, label, other)));
    }

    /**
     * CLEVER's estimate for the margin of a constant.
     *
     * @param sides of the same image
     * @param batches whose maxima the distribution is fitted to, at least 2
     * @param size points of a batch, at least 1
     * @param draws stream of the points
     */
    public Clever clever(double[] image, Constant sides, int batches, int size, Stream draws) {
        double[] maxima = new double[batches];
        for (int batch = 0; batch < batches; batch++) {
            Stream own = draws.child("batch").child(batch);
            for (int s = 0; s < size; s++) {
                double[] point = point(image, own, (long) s * image.length);
                maxima[batch] = Math.max(maxima[batch], dual(gradient(forward(point), sides.label(), sides.other())));
            }
        }
        ExtremeValue fitted = ExtremeValue.of(maxima);
        return new Clever(
                sides.margin(), fitted.location(), Arrays.stream(maxima).max().orElseThrow(), fitted.chance());
    }

    private double[] point(double[] image, Stream draws, long position) {
        double[] point = new double[image.length];
        double squares = 0;
        for (int i = 0; i < point.length; i++) {
            point[i] = 2.0 * draws.uniform(position + i) - 1;
            squares += point[i] * point[i];
        }
        // In L2 points lie on the sphere: where a maximum over the ball of a piecewise constant gradient is does not
        // matter.
        double scale = norm == Norm.LINF ? epsilon : epsilon / Math.sqrt(squares);
        for (int i = 0; i < point.length; i++) {
            point[i] = image[i] + scale * point[i];
        }
        return point;
    }

    /** (layer, unit) inputs of each layer, and last the logits; ReLU is applied between layers. */
    private double[][] forward(double[] image) {
        double[][] values = new double[matrices.length + 1][];
        values[0] = image;
        for (int layer = 0; layer < matrices.length; layer++) {
            double[] out = biases[layer].clone();
            int inputs = widths[layer];
            for (int o = 0; o < out.length; o++) {
                for (int i = 0; i < inputs; i++) {
                    out[o] += matrices[layer][o * inputs + i] * values[layer][i];
                }
                if (layer < matrices.length - 1) {
                    out[o] = Math.max(0, out[o]);
                }
            }
            values[layer + 1] = out;
        }
        return values;
    }

    /** Gradient of the margin with respect to the image that {@link #forward} made the values of. */
    private double[] gradient(double[][] values, int label, int other) {
        double[] gradient = margin(label, other);
        for (int layer = matrices.length - 2; layer >= 0; layer--) {
            for (int u = 0; u < gradient.length; u++) {
                gradient[u] = values[layer + 1][u] > 0 ? gradient[u] : 0;
            }
            gradient = back(gradient, layer);
        }
        return gradient;
    }

    /** Gradient of the margin with respect to the inputs of the last layer. */
    private double[] margin(int label, int other) {
        int last = matrices.length - 1;
        double[] gradient = new double[widths[last]];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = matrices[last][label * gradient.length + i] - matrices[last][other * gradient.length + i];
        }
        return gradient;
    }

    private double[] back(double[] gradient, int layer) {
        int inputs = widths[layer];
        double[] below = new double[inputs];
        for (int o = 0; o < gradient.length; o++) {
            if (gradient[o] != 0) {
                for (int i = 0; i < inputs; i++) {
                    below[i] += gradient[o] * matrices[layer][o * inputs + i];
                }
            }
        }
        return below;
    }

    /** Bound of the dual norm of all gradients in the ball. */
    private double bound(double[] image, int label, int other) {
        double[][] low = new double[matrices.length][];
        double[][] high = new double[matrices.length][];
        preactivations(image, low, high);
        double[] from = margin(label, other);
        double[] to = from.clone();
        for (int layer = matrices.length - 2; layer >= 0; layer--) {
            for (int u = 0; u < from.length; u++) {
                if (high[layer][u] <= 0) {
                    from[u] = 0;
                    to[u] = 0;
                } else if (low[layer][u] <= 0) {
                    from[u] = Math.min(0, from[u]);
                    to[u] = Math.max(0, to[u]);
                }
            }
            int inputs = widths[layer];
            double[] least = new double[inputs];
            double[] most = new double[inputs];
            for (int o = 0; o < from.length; o++) {
                if (from[o] != 0 || to[o] != 0) {
                    for (int i = 0; i < inputs; i++) {
                        double w = matrices[layer][o * inputs + i];
                        least[i] += w >= 0 ? w * from[o] : w * to[o];
                        most[i] += w >= 0 ? w * to[o] : w * from[o];
                    }
                }
            }
            from = least;
            to = most;
        }
        double[] largest = new double[from.length];
        for (int i = 0; i < largest.length; i++) {
            largest[i] = Math.max(Math.abs(from[i]), Math.abs(to[i]));
        }
        return dual(largest);
    }

    /** Intervals of the hidden layers before their ReLUs. */
    private void preactivations(double[] image, double[][] low, double[][] high) {
        double[] from = image;
        double[] to = image;
        for (int layer = 0; layer < matrices.length - 1; layer++) {
            int inputs = widths[layer];
            low[layer] = new double[widths[layer + 1]];
            high[layer] = new double[widths[layer + 1]];
            for (int o = 0; o < low[layer].length; o++) {
                double least = biases[layer][o];
                double most = biases[layer][o];
                for (int i = 0; i < inputs; i++) {
                    double w = matrices[layer][o * inputs + i];
                    least += w >= 0 ? w * from[i] : w * to[i];
                    most += w >= 0 ? w * to[i] : w * from[i];
                }
                double reach =
                        layer > 0 ? 0 : epsilon * dual(Arrays.copyOfRange(matrices[0], o * inputs, (o + 1) * inputs));
                low[layer][o] = least - reach;
                high[layer][o] = most + reach;
            }
            from = positive(low[layer]);
            to = positive(high[layer]);
        }
    }

    private static double[] positive(double[] values) {
        double[] positive = values.clone();
        for (int i = 0; i < positive.length; i++) {
            positive[i] = Math.max(0, positive[i]);
        }
        return positive;
    }

    /** L1 for the L-infinity ball, L2 for itself. */
    private double dual(double[] gradient) {
        double sum = 0;
        for (double value : gradient) {
            sum += norm == Norm.LINF ? Math.abs(value) : value * value;
        }
        return norm == Norm.LINF ? sum : Math.sqrt(sum);
    }
}
