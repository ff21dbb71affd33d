package org.espalier.scores;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * The tangent kernel of a fully connected network, and the gradient of a function of it, in float64.
 *
 * <p>With a_l what enters layer l and B_l the derivatives of the logits by what leaves it before its ReLU, {@code K(x, x') = sum over
 * l of (a_l(x) . a_l(x') + b_l) B_l(x) B_l(x')^T}, where b_l is 1 if the layer has biases. That is J J^T for all weights, pruned ones
 * included, at the network's masked weights, as in Liu and Zenke's code. ReLUs are piecewise linear, so the gradient of a function of
 * K has a closed form: through a_l as in any network, and through B_l along {@code B_l = (B_(l+1) W_(l+1)) gate_l}.
 */
public final class TangentKernel {
    private final Architecture architecture;
    private final int layers;
    private final int classes;
    private final double[][][] entering; // (layer, example, input)
    private final double[][] logits; // (example, class)
    private final double[][][] slopes; // (layer, example, class x output): B
    private final double[] shared; // (layer) of the pair asked for last: a_l(x) . a_l(y) + b_l
    private final double[][] products; // (layer, class of x x class of y) of the same: B_l(x) B_l(y)^T
    private int x;
    private int y;
    private double[][] weights = {};

    /** The weights that a mask keeps, by output, so that kernels over them need no look-up. */
    public static final class Kept {
        private final int[][][] inputs; // (layer, output): inputs whose weight survives, ascending

        /** Of a mask of a fully connected network. */
        public Kept(Mask mask) {
            Architecture architecture = mask.architecture();
            inputs = new int[architecture.layers()][][];
            for (int layer = 0; layer < inputs.length; layer++) {
                int width = architecture.inputs(layer);
                inputs[layer] = new int[architecture.outputs(layer)][];
                for (int o = 0; o < inputs[layer].length; o++) {
                    int first = o * width;
                    inputs[layer][o] = mask.survivors(layer).get(first, first + width).stream()
                            .toArray();
                }
            }
        }
    }

    /**
     * For a network.
     *
     * @param architecture fully connected
     * @param examples in a batch
     */
    public TangentKernel(Architecture architecture, int examples) {
        this.architecture = architecture;
        layers = architecture.layers();
        classes = architecture.classes();
        entering = new double[layers][examples][];
        slopes = new double[layers][examples][];
        logits = new double[examples][classes];
        shared = new double[layers];
        products = new double[layers][classes * classes];
        for (int layer = 0; layer < layers; layer++) {
            for (int e = 0; e < examples; e++) {
                entering[layer][e] = new double[architecture.inputs(layer)];
                slopes[layer][e] = new double[classes * architecture.outputs(layer)];
            }
        }
    }

    /**
     * Computes logits and B of a batch.
     *
     * @param weights pruned ones are 0
     * @param inputs (example, input)
     */
    public void forward(Weights weights, double[][] inputs) {
        forward(wide(weights::matrix), wide(weights::biases), inputs);
    }

    /** (layer, position) in float64. */
    private double[][] wide(IntFunction<float[]> values) {
        double[][] wide = new double[layers][];
        for (int layer = 0; layer < layers; layer++) {
            float[] narrow = values.apply(layer);
            wide[layer] = new double[narrow.length];
            Arrays.setAll(wide[layer], i -> narrow[i]);
        }
        return wide;
    }

    /**
     * Computes logits and B of a batch.
     *
     * @param weights (layer, position) read until the next call
     * @param biases (layer, output); empty arrays where a layer has none
     * @param inputs (example, input)
     */
    void forward(double[][] weights, double[][] biases, double[][] inputs) {
        this.weights = weights;
        for (int e = 0; e < inputs.length; e++) {
            System.arraycopy(inputs[e], 0, entering[0][e], 0, inputs[e].length);
            for (int layer = 0; layer < layers; layer++) {
                double[] in = entering[layer][e];
                boolean last = layer + 1 == layers;
                double[] out = last ? logits[e] : entering[layer + 1][e];
                for (int o = 0; o < out.length; o++) {
                    double value = (architecture.bias(layer) ? biases[layer][o] : 0)
                            + dot(weights[layer], o * in.length, in, 0, in.length);
                    out[o] = last ? value : Math.max(0, value);
                }
            }
            double[] top = slopes[layers - 1][e];
            Arrays.fill(top, 0);
            for (int c = 0; c < classes; c++) {
                top[c * classes + c] = 1;
            }
            for (int layer = layers - 2; layer >= 0; layer--) {
                int outputs = architecture.outputs(layer);
                int next = architecture.outputs(layer + 1);
                double[] to = slopes[layer][e];
                Arrays.fill(to, 0);
                for (int c = 0; c < classes; c++) {
                    for (int j = 0; j < next; j++) {
                        add(
                                slopes[layer + 1][e][c * next + j],
                                weights[layer + 1],
                                j * outputs,
                                to,
                                c * outputs,
                                outputs);
                    }
                    gate(to, c * outputs, entering[layer + 1][e]);
                }
            }
        }
    }

    private static void gate(double[] values, int at, double[] active) {
        for (int i = 0; i < active.length; i++) {
            values[at + i] = active[i] > 0 ? values[at + i] : 0;
        }
    }

    /** (example, class). Not to be written to. */
    double[][] logits() {
        return logits;
    }

    /**
     * The kernel of two examples of the batch.
     *
     * @param into (class of x, class of y) receives it
     */
    public void of(int x, int y, double[] into) {
        this.x = x;
        this.y = y;
        Arrays.fill(into, 0);
        for (int layer = 0; layer < layers; layer++) {
            shared[layer] = dot(entering[layer][x], 0, entering[layer][y], 0, architecture.inputs(layer))
                    + (architecture.bias(layer) ? 1 : 0);
            int outputs = architecture.outputs(layer);
            for (int c = 0; c < classes; c++) {
                for (int d = 0; d < classes; d++) {
                    int at = c * classes + d;
                    products[layer][at] = dot(slopes[layer][x], c * outputs, slopes[layer][y], d * outputs, outputs);
                    into[at] += shared[layer] * products[layer][at];
                }
            }
        }
    }

    /**
     * The kernel of two examples over surviving weights and all biases: J J^T of what training under the mask moves.
     *
     * @param into (class of x, class of y) receives it
     */
    public void of(int x, int y, Kept kept, double[] into) {
        Arrays.fill(into, 0);
        for (int layer = 0; layer < layers; layer++) {
            double[] first = entering[layer][x];
            double[] second = entering[layer][y];
            int outputs = architecture.outputs(layer);
            double[] met = new double[outputs]; // (output): a_l(x) . a_l(y) over what it reads
            for (int o = 0; o < outputs; o++) {
                double sum = architecture.bias(layer) ? 1 : 0;
                for (int i : kept.inputs[layer][o]) {
                    sum += first[i] * second[i];
                }
                met[o] = sum;
            }
            double[] scaled = new double[outputs];
            for (int c = 0; c < classes; c++) {
                for (int o = 0; o < outputs; o++) {
                    scaled[o] = met[o] * slopes[layer][x][c * outputs + o];
                }
                for (int d = 0; d < classes; d++) {
                    into[c * classes + d] += dot(scaled, 0, slopes[layer][y], d * outputs, outputs);
                }
            }
        }
    }

    /** Gradients with respect to what the kernel and the logits are made of. */
    final class Backward {
        private final double[][][] enteringGradients = new double[layers][logits.length][];
        private final double[][][] slopeGradients = new double[layers][logits.length][];

        Backward() {
            for (int layer = 0; layer < layers; layer++) {
                for (int e = 0; e < logits.length; e++) {
                    enteringGradients[layer][e] = new double[architecture.inputs(layer)];
                    slopeGradients[layer][e] = new double[slopes[layer][e].length];
                }
            }
        }

        /**
         * Adds the gradient of a function of the kernel that {@link #of} gave last.
         *
         * @param gradient (class of x, class of y)
         */
        void add(double[] gradient) {
            for (int layer = 0; layer < layers; layer++) {
                int outputs = architecture.outputs(layer);
                double bySharing = 0;
                double[] ofX = slopes[layer][x];
                double[] ofY = slopes[layer][y];
                for (int c = 0; c < classes; c++) {
                    for (int d = 0; d < classes; d++) {
                        double g = gradient[c * classes + d];
                        double byProduct = g * shared[layer];
                        bySharing += g * products[layer][c * classes + d];
                        TangentKernel.add(byProduct, ofY, d * outputs, slopeGradients[layer][x], c * outputs, outputs);
                        TangentKernel.add(byProduct, ofX, c * outputs, slopeGradients[layer][y], d * outputs, outputs);
                    }
                }
                int inputs = architecture.inputs(layer);
                TangentKernel.add(bySharing, entering[layer][y], 0, enteringGradients[layer][x], 0, inputs);
                TangentKernel.add(bySharing, entering[layer][x], 0, enteringGradients[layer][y], 0, inputs);
            }
        }

        /**
         * Adds the gradients of weights and biases.
         *
         * @param byLogits (example, class) gradient with respect to the logits
         * @param ofWeights (layer, position) added to
         * @param ofBiases (layer, output) added to
         */
        void finish(double[][] byLogits, double[][] ofWeights, double[][] ofBiases) {
            for (int e = 0; e < logits.length; e++) {
                for (int layer = 0; layer + 1 < layers; layer++) {
                    int outputs = architecture.outputs(layer);
                    int next = architecture.outputs(layer + 1);
                    double[] held = slopeGradients[layer][e];
                    for (int c = 0; c < classes; c++) {
                        gate(held, c * outputs, entering[layer + 1][e]);
                        for (int j = 0; j < next; j++) {
                            slopeGradients[layer + 1][e][c * next + j] +=
                                    dot(held, c * outputs, weights[layer + 1], j * outputs, outputs);
                            TangentKernel.add(
                                    slopes[layer + 1][e][c * next + j],
                                    held,
                                    c * outputs,
                                    ofWeights[layer + 1],
                                    j * outputs,
                                    outputs);
                        }
                    }
                }
                double[] back = byLogits[e].clone();
                for (int layer = layers - 1; layer >= 0; layer--) {
                    int inputs = architecture.inputs(layer);
                    double[] before = enteringGradients[layer][e];
                    for (int o = 0; o < back.length; o++) {
                        if (back[o] != 0) {
                            TangentKernel.add(back[o], entering[layer][e], 0, ofWeights[layer], o * inputs, inputs);
                            TangentKernel.add(back[o], weights[layer], o * inputs, before, 0, inputs);
                        }
                        if (architecture.bias(layer)) {
                            ofBiases[layer][o] += back[o];
                        }
                    }
                    gate(before, 0, entering[layer][e]); // of the inputs nothing is read
                    back = before;
                }
            }
        }
    }

    /** Four sums, so that additions do not wait for each other; in one order on every machine. */
    private static double dot(double[] a, int from, double[] b, int at, int length) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < length; i += 4) {
            s0 += a[from + i] * b[at + i];
            s1 += a[from + i + 1] * b[at + i + 1];
            s2 += a[from + i + 2] * b[at + i + 2];
            s3 += a[from + i + 3] * b[at + i + 3];
        }
        for (; i < length; i++) {
            s0 += a[from + i] * b[at + i];
        }
        return s0 + s1 + (s2 + s3);
    }

    private static void add(double factor, double[] from, int at, double[] to, int into, int length) {
        if (factor == 0) {
            return;
        }
        for (int i = 0; i < length; i++) {
            to[into + i] += factor * from[at + i];
        }
    }
}
