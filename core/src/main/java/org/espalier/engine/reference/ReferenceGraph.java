package org.espalier.engine.reference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/**
 * A graph of layers in float64, node by node and example by example, as the textbook has it: values forward, gradients back.
 *
 * <p>All examples of a batch go through together, because batch norm in training needs them.
 */
public final class ReferenceGraph {
    private final Graph graph;
    private final Map<String, double[]> parameters;
    private final boolean training;
    private final Map<String, double[][]> values = new LinkedHashMap<>(); // by node: (example, value)
    private final Map<String, double[][]> gradients = new LinkedHashMap<>(); // of the same
    private final Map<String, double[]> parameterGradients = new LinkedHashMap<>();
    /** Means and variances of batches, by node: (mean or variance, channel). */
    private final Map<String, double[][]> statistics = new LinkedHashMap<>();

    /**
     * Computes all values.
     *
     * @param parameters by name; not changed
     * @param inputs (example, value)
     * @param training whether batch norms take the batch's statistics
     */
    public ReferenceGraph(Graph graph, Map<String, double[]> parameters, double[][] inputs, boolean training) {
        this.graph = graph;
        this.parameters = parameters;
        this.training = training;
        values.put(Graph.INPUT, inputs);
        for (Graph.Node node : graph.nodes()) {
            double[][] out = new double[inputs.length][graph.shape(node.name()).elements()];
            values.put(node.name(), out);
            forward(node, out);
        }
    }

    /** (example, class). */
    public double[][] logits() {
        return of(values, graph.output());
    }

    /**
     * What enters a layer at each place of its output: the values that a row of its weights is multiplied with.
     *
     * @param layer name of a linear layer, which has one place, or a convolution
     * @return (example x places + place, input of a row); not to be written to
     */
    public double[][] entering(String layer) {
        Graph.Node node = graph.node(layer);
        String source = node.inputs().getFirst();
        double[][] in = of(values, source);
        if (!(node.operation() instanceof Operation.Conv2d conv)) {
            return in;
        }
        Shape from = graph.shape(source);
        Shape to = graph.shape(layer);
        Shape channel = Shape.of(1, to.size(1), to.size(2)); // all output channels read the same
        int places = channel.elements();
        double[][] entering = new double[in.length * places][from.size(0) * conv.kernel() * conv.kernel()];
        for (int e = 0; e < in.length; e++) {
            double[] values = in[e];
            int first = e * places;
            taps(conv, from, channel, (place, i, weight) -> entering[first + place][weight] = values[i]);
        }
        return entering;
    }

    /** (example, value) gradient of what leaves a node, after {@link #backward}. Not to be written to. */
    public double[][] gradients(String node) {
        return of(gradients, node);
    }

    /** Means (0) and variances (1, not unbiased) of a batch norm's channels in training. */
    double[][] statistics(String node) {
        return of(statistics, node);
    }

    /**
     * Passes gradients back.
     *
     * @param logits (example, class) gradient of the loss
     * @return (example, value) gradient of the inputs
     */
    public double[][] backward(double[][] logits) {
        gradients.clear();
        for (Map.Entry<String, double[][]> value : values.entrySet()) {
            gradients.put(value.getKey(), new double[logits.length][value.getValue()[0].length]);
        }
        parameterGradients.clear();
        parameters.forEach((name, value) -> parameterGradients.put(name, new double[value.length]));
        for (int e = 0; e < logits.length; e++) {
            System.arraycopy(logits[e], 0, of(gradients, graph.output())[e], 0, logits[e].length);
        }
        List<Graph.Node> nodes = graph.nodes();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            backward(nodes.get(n));
        }
        return of(gradients, Graph.INPUT);
    }

    /** Gradient of a parameter, summed over the examples. */
    public double[] gradient(String parameter) {
        return of(parameterGradients, parameter);
    }

    private void forward(Graph.Node node, double[][] out) {
        double[][] in = of(values, node.inputs().getFirst());
        Shape from = graph.shape(node.inputs().getFirst());
        Shape to = graph.shape(node.name());
        switch (node.operation()) {
            case Operation.BatchNorm norm -> batchNorm(node.name(), norm, in, from, out);
            default -> {
                for (int e = 0; e < out.length; e++) {
                    double[] second = of(values, node.inputs().getLast())[e];
                    forward(node, in[e], from, second, out[e], to);
                }
            }
        }
    }

    private void forward(Graph.Node node, double[] in, Shape from, double[] second, double[] out, Shape to) {
        switch (node.operation()) {
            case Operation.Linear linear -> {
                double[] w = of(parameters, node.name() + ".weight");
                for (int o = 0; o < out.length; o++) {
                    double sum = linear.bias() ? of(parameters, node.name() + ".bias")[o] : 0;
                    for (int i = 0; i < in.length; i++) {
                        sum += w[o * in.length + i] * in[i];
                    }
                    out[o] = sum;
                }
            }
            case Operation.Conv2d conv -> {
                double[] w = of(parameters, node.name() + ".weight");
                double[] bias = conv.bias() ? of(parameters, node.name() + ".bias") : new double[conv.outputs()];
                taps(conv, from, to, (o, i, weight) -> out[o] += w[weight] * in[i]);
                int each = to.size(1) * to.size(2);
                for (int o = 0; o < out.length; o++) {
                    out[o] += bias[o / each];
                }
            }
            case Operation.Relu relu -> {
                for (int i = 0; i < in.length; i++) {
                    out[i] = Math.max(0, in[i]);
                }
            }
            case Operation.MaxPool pool -> {
                int[] first = firstMaxima(pool, in, from, to);
                for (int o = 0; o < out.length; o++) {
                    out[o] = in[first[o]];
                }
            }
            case Operation.AveragePool pool ->
                windows(
                        pool.window(),
                        pool.stride(),
                        pool.padding(),
                        from,
                        to,
                        (o, i) -> out[o] += in[i] / (pool.window() * pool.window()));
            case Operation.GlobalAveragePool pool -> {
                int each = in.length / out.length;
                for (int i = 0; i < in.length; i++) {
                    out[i / each] += in[i] / each;
                }
            }
            case Operation.Add add -> {
                for (int i = 0; i < in.length; i++) {
                    out[i] = in[i] + second[i];
                }
            }
            case Operation.PadChannels pad -> shortcut(pad, from, to, (o, i) -> out[o] = in[i]);
            case Operation.Flatten flatten -> System.arraycopy(in, 0, out, 0, in.length);
            case Operation.Normalise normalise -> {
                int each = in.length / from.size(0);
                for (int i = 0; i < in.length; i++) {
                    out[i] = (in[i] - normalise.means().get(i / each))
                            / normalise.deviations().get(i / each);
                }
            }
            case Operation.BatchNorm norm -> throw new IllegalStateException("batch norm works on batches");
        }
    }

    private void backward(Graph.Node node) {
        double[][] in = of(values, node.inputs().getFirst());
        double[][] delta = of(gradients, node.name());
        double[][] back = of(gradients, node.inputs().getFirst());
        Shape from = graph.shape(node.inputs().getFirst());
        Shape to = graph.shape(node.name());
        if (node.operation() instanceof Operation.BatchNorm norm) {
            batchNormBack(node.name(), norm, in, from, delta, back);
            return;
        }
        for (int e = 0; e < delta.length; e++) {
            double[] second = of(gradients, node.inputs().getLast())[e];
            backward(node, in[e], from, of(values, node.name())[e], delta[e], to, back[e], second);
        }
    }

    private void backward(
            Graph.Node node,
            double[] in,
            Shape from,
            double[] out,
            double[] delta,
            Shape to,
            double[] back,
            double[] second) {
        switch (node.operation()) {
            case Operation.Linear linear -> {
                double[] w = of(parameters, node.name() + ".weight");
                double[] dw = of(parameterGradients, node.name() + ".weight");
                for (int o = 0; o < delta.length; o++) {
                    for (int i = 0; i < in.length; i++) {
                        dw[o * in.length + i] += delta[o] * in[i];
                        back[i] += delta[o] * w[o * in.length + i];
                    }
                    if (linear.bias()) {
                        of(parameterGradients, node.name() + ".bias")[o] += delta[o];
                    }
                }
            }
            case Operation.Conv2d conv -> {
                double[] w = of(parameters, node.name() + ".weight");
                double[] dw = of(parameterGradients, node.name() + ".weight");
                taps(conv, from, to, (o, i, weight) -> {
                    dw[weight] += delta[o] * in[i];
                    back[i] += delta[o] * w[weight];
                });
                int each = to.size(1) * to.size(2);
                for (int o = 0; conv.bias() && o < delta.length; o++) {
                    of(parameterGradients, node.name() + ".bias")[o / each] += delta[o];
                }
            }
            case Operation.Relu relu -> {
                for (int i = 0; i < in.length; i++) {
                    back[i] += out[i] > 0 ? delta[i] : 0;
                }
            }
            case Operation.MaxPool pool -> {
                int[] first = firstMaxima(pool, in, from, to);
                for (int o = 0; o < delta.length; o++) {
                    back[first[o]] += delta[o];
                }
            }
            case Operation.AveragePool pool ->
                windows(
                        pool.window(),
                        pool.stride(),
                        pool.padding(),
                        from,
                        to,
                        (o, i) -> back[i] += delta[o] / (pool.window() * pool.window()));
            case Operation.GlobalAveragePool pool -> {
                int each = in.length / delta.length;
                for (int i = 0; i < in.length; i++) {
                    back[i] += delta[i / each] / each;
                }
            }
            case Operation.Add add -> {
                for (int i = 0; i < in.length; i++) {
                    back[i] += delta[i];
                    second[i] += delta[i];
                }
            }
            case Operation.PadChannels pad -> shortcut(pad, from, to, (o, i) -> back[i] += delta[o]);
            case Operation.Flatten flatten -> {
                for (int i = 0; i < in.length; i++) {
                    back[i] += delta[i];
                }
            }
            case Operation.Normalise normalise -> {
                int each = in.length / from.size(0);
                for (int i = 0; i < in.length; i++) {
                    back[i] += delta[i] / normalise.deviations().get(i / each);
                }
            }
            case Operation.BatchNorm norm -> throw new IllegalStateException("batch norm works on batches");
        }
    }

    private void batchNorm(String name, Operation.BatchNorm norm, double[][] in, Shape from, double[][] out) {
        int each = from.elements() / norm.channels();
        double[][] found = new double[2][norm.channels()];
        double count = (double) in.length * each;
        for (int c = 0; training && c < norm.channels(); c++) {
            for (double[] example : in) {
                for (int i = c * each; i < (c + 1) * each; i++) {
                    found[0][c] += example[i] / count;
                }
            }
            for (double[] example : in) {
                for (int i = c * each; i < (c + 1) * each; i++) {
                    found[1][c] += (example[i] - found[0][c]) * (example[i] - found[0][c]) / count;
                }
            }
        }
        if (!training) {
            found[0] = of(parameters, name + ".running_mean").clone();
            found[1] = of(parameters, name + ".running_var").clone();
        }
        statistics.put(name, found);
        for (int e = 0; e < in.length; e++) {
            for (int i = 0; i < in[e].length; i++) {
                int c = i / each;
                double normal = (in[e][i] - found[0][c]) / Math.sqrt(found[1][c] + Operation.BatchNorm.EPSILON);
                out[e][i] = norm.affine()
                        ? normal * of(parameters, name + ".weight")[c] + of(parameters, name + ".bias")[c]
                        : normal;
            }
        }
    }

    private void batchNormBack(
            String name, Operation.BatchNorm norm, double[][] in, Shape from, double[][] delta, double[][] back) {
        int each = from.elements() / norm.channels();
        double[][] found = of(statistics, name);
        double count = (double) in.length * each;
        for (int c = 0; c < norm.channels(); c++) {
            double inverse = 1 / Math.sqrt(found[1][c] + Operation.BatchNorm.EPSILON);
            double sum = 0;
            double product = 0;
            for (int e = 0; e < in.length; e++) {
                for (int i = c * each; i < (c + 1) * each; i++) {
                    sum += delta[e][i];
                    product += delta[e][i] * (in[e][i] - found[0][c]) * inverse;
                }
            }
            double scale = 1;
            if (norm.affine()) {
                scale = of(parameters, name + ".weight")[c];
                of(parameterGradients, name + ".weight")[c] += product;
                of(parameterGradients, name + ".bias")[c] += sum;
            }
            for (int e = 0; e < in.length; e++) {
                for (int i = c * each; i < (c + 1) * each; i++) {
                    double normal = (in[e][i] - found[0][c]) * inverse;
                    double centred = training ? delta[e][i] - sum / count - normal * product / count : delta[e][i];
                    back[e][i] += scale * inverse * centred;
                }
            }
        }
    }

    /** Takes an output, an input and the weight between them. */
    interface Tap {
        void at(int output, int input, int weight);
    }

    /** Takes an output and an input. */
    interface Pair {
        void at(int output, int input);
    }

    static void taps(Operation.Conv2d conv, Shape from, Shape to, Tap tap) {
        int side = conv.kernel();
        for (int o = 0; o < to.size(0); o++) {
            for (int y = 0; y < to.size(1); y++) {
                for (int x = 0; x < to.size(2); x++) {
                    for (int i = 0; i < from.size(0); i++) {
                        for (int a = 0; a < side; a++) {
                            for (int b = 0; b < side; b++) {
                                int row = y * conv.stride() + a - conv.padding();
                                int column = x * conv.stride() + b - conv.padding();
                                if (row >= 0 && row < from.size(1) && column >= 0 && column < from.size(2)) {
                                    tap.at(
                                            (o * to.size(1) + y) * to.size(2) + x,
                                            (i * from.size(1) + row) * from.size(2) + column,
                                            ((o * from.size(0) + i) * side + a) * side + b);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    static void windows(int window, int stride, int padding, Shape from, Shape to, Pair pair) {
        for (int c = 0; c < to.size(0); c++) {
            for (int y = 0; y < to.size(1); y++) {
                for (int x = 0; x < to.size(2); x++) {
                    for (int a = 0; a < window; a++) {
                        for (int b = 0; b < window; b++) {
                            int row = y * stride + a - padding;
                            int column = x * stride + b - padding;
                            if (row >= 0 && row < from.size(1) && column >= 0 && column < from.size(2)) {
                                pair.at(
                                        (c * to.size(1) + y) * to.size(2) + x,
                                        (c * from.size(1) + row) * from.size(2) + column);
                            }
                        }
                    }
                }
            }
        }
    }

    static int[] firstMaxima(Operation.MaxPool pool, double[] in, Shape from, Shape to) {
        int[] first = new int[to.elements()];
        Arrays.fill(first, -1);
        windows(pool.window(), pool.stride(), pool.padding(), from, to, (o, i) -> {
            if (first[o] < 0 || in[i] > in[first[o]]) {
                first[o] = i;
            }
        });
        return first;
    }

    static void shortcut(Operation.PadChannels pad, Shape from, Shape to, Pair pair) {
        for (int c = 0; c < from.size(0); c++) {
            for (int y = 0; y < to.size(1); y++) {
                for (int x = 0; x < to.size(2); x++) {
                    pair.at(
                            ((c + pad.before()) * to.size(1) + y) * to.size(2) + x,
                            (c * from.size(1) + y * pad.stride()) * from.size(2) + x * pad.stride());
                }
            }
        }
    }

    private static <T> T of(Map<String, T> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }
}
