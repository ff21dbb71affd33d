package org.espalier.engine.reference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.engine.BoundEngine;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/**
 * {@link BoundEngine#boundMargins} of one example and its gradient for any graph, the textbook in float64: lower and upper bounds
 * from node to node, each margin's coefficients back to the input, and the reverse of every line. Batch norms use running
 * statistics.
 */
public final class ReferenceGraphBounds {
    private final Graph graph;
    private final Map<String, double[]> parameters;
    private final int label;
    private final double share;
    private final Map<String, double[]> low = new LinkedHashMap<>(); // by node
    private final Map<String, double[]> high = new LinkedHashMap<>();
    private final Map<String, double[]> lowGradient = new LinkedHashMap<>();
    private final Map<String, double[]> highGradient = new LinkedHashMap<>();
    private final Map<Integer, Map<String, double[]>> coefficients = new LinkedHashMap<>(); // by class and node
    private final double[] worst;

    /**
     * Computes the bounds.
     *
     * @param parameters by name; not changed
     * @param input of the example, in [0, 1]
     */
    public ReferenceGraphBounds(
            Graph graph, Map<String, double[]> parameters, double[] input, double epsilon, double share, int label) {
        this.graph = graph;
        this.parameters = parameters;
        this.label = label;
        this.share = share;
        double[] least = new double[input.length];
        double[] most = new double[input.length];
        for (int i = 0; i < input.length; i++) {
            least[i] = Math.max(0, input[i] - epsilon);
            most[i] = Math.min(1, input[i] + epsilon);
        }
        low.put(Graph.INPUT, least);
        high.put(Graph.INPUT, most);
        graph.nodes().forEach(this::intervals);
        worst = new double[graph.shape(graph.output()).elements()];
        for (int other = 0; other < worst.length; other++) {
            if (other != label) {
                worst[other] = (1 - share) * interval(other) - (share == 0 ? 0 : share * linear(other));
            }
        }
    }

    /** Upper bounds of each logit less the label's. */
    public double[] worst() {
        return worst;
    }

    /** One product of an affine node: {@code output += weight x input} of the source-th value read. */
    private interface Edge {
        void at(int source, int output, int input, double weight, int parameter);
    }

    private void edges(Graph.Node node, Edge edge) {
        Shape from = graph.shape(node.inputs().getFirst());
        Shape to = graph.shape(node.name());
        int each = Math.max(1, from.elements() / from.size(0));
        switch (node.operation()) {
            case Operation.Linear linear -> {
                double[] w = of(parameters, node.name() + ".weight");
                for (int k = 0; k < w.length; k++) {
                    edge.at(0, k / linear.inputs(), k % linear.inputs(), w[k], k);
                }
            }
            case Operation.Conv2d conv -> {
                double[] w = of(parameters, node.name() + ".weight");
                ReferenceGraph.taps(conv, from, to, (o, i, k) -> edge.at(0, o, i, w[k], k));
            }
            case Operation.BatchNorm norm -> {
                double[] scales = scales(node, norm);
                double[] inverses = inverses(node);
                for (int i = 0; i < from.elements(); i++) {
                    edge.at(0, i, i, scales[i / each] * inverses[i / each], i / each);
                }
            }
            case Operation.AveragePool pool ->
                ReferenceGraph.windows(
                        pool.window(),
                        pool.stride(),
                        pool.padding(),
                        from,
                        to,
                        (o, i) -> edge.at(0, o, i, 1.0 / (pool.window() * pool.window()), 0));
            case Operation.GlobalAveragePool pool -> {
                for (int i = 0; i < from.elements(); i++) {
                    edge.at(0, i / each, i, 1.0 / each, 0);
                }
            }
            case Operation.Add add -> {
                for (int i = 0; i < from.elements(); i++) {
                    edge.at(0, i, i, 1, 0);
                    edge.at(1, i, i, 1, 0);
                }
            }
            case Operation.PadChannels pad -> ReferenceGraph.shortcut(pad, from, to, (o, i) -> edge.at(0, o, i, 1, 0));
            case Operation.Flatten flatten -> {
                for (int i = 0; i < from.elements(); i++) {
                    edge.at(0, i, i, 1, 0);
                }
            }
            case Operation.Normalise normalise -> {
                for (int i = 0; i < from.elements(); i++) {
                    edge.at(0, i, i, 1.0 / normalise.deviations().get(i / each), 0);
                }
            }
            case Operation.Relu relu -> throw new IllegalStateException("a ReLU is not affine");
            case Operation.MaxPool pool -> throw new IllegalStateException("a max pool is not affine");
        }
    }

    /** What a node adds to each of its outputs. */
    private double[] constants(Graph.Node node) {
        double[] constants = new double[graph.shape(node.name()).elements()];
        switch (node.operation()) {
            case Operation.Linear linear
            when linear.bias() -> fill(constants, node, of(parameters, node.name() + ".bias"));
            case Operation.Conv2d conv when conv.bias() -> fill(constants, node, of(parameters, node.name() + ".bias"));
            case Operation.BatchNorm norm -> {
                double[] mean = of(parameters, node.name() + ".running_mean");
                double[] shift = norm.affine() ? of(parameters, node.name() + ".bias") : new double[mean.length];
                double[] scales = scales(node, norm);
                double[] inverses = inverses(node);
                double[] channels = new double[mean.length];
                for (int c = 0; c < channels.length; c++) {
                    channels[c] = shift[c] - mean[c] * scales[c] * inverses[c];
                }
                fill(constants, node, channels);
            }
            case Operation.Normalise normalise -> {
                double[] channels = new double[normalise.means().size()];
                for (int c = 0; c < channels.length; c++) {
                    channels[c] = -(double) normalise.means().get(c)
                            / normalise.deviations().get(c);
                }
                fill(constants, node, channels);
            }
            default -> {}
        }
        return constants;
    }

    /** Gives each output its channel's value. */
    private void fill(double[] outputs, Graph.Node node, double[] channels) {
        int each = perChannel(node);
        for (int o = 0; o < outputs.length; o++) {
            outputs[o] = channels[o / each];
        }
    }

    /** Outputs of a channel. */
    private int perChannel(Graph.Node node) {
        Shape to = graph.shape(node.name());
        return Math.max(1, to.elements() / to.size(0));
    }

    /** (channel) what a batch norm multiplies normal values with. */
    private double[] scales(Graph.Node node, Operation.BatchNorm norm) {
        if (norm.affine()) {
            return of(parameters, node.name() + ".weight");
        }
        double[] ones = new double[norm.channels()];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** (channel) 1 over the deviation that a batch norm divides by. */
    private double[] inverses(Graph.Node node) {
        return Arrays.stream(of(parameters, node.name() + ".running_var"))
                .map(variance -> 1 / Math.sqrt(variance + Operation.BatchNorm.EPSILON))
                .toArray();
    }

    /** Receives the gradient of a node's weight, or of its constant at an output. */
    private interface Sink {
        void add(int index, double gradient);
    }

    /** Adds to the gradients of a node's weights, by parameter. */
    private Sink weightGradients(Graph.Node node, Map<String, double[]> gradients) {
        String name = node.name() + ".weight";
        return switch (node.operation()) {
            case Operation.Linear _, Operation.Conv2d _ -> {
                double[] into = of(gradients, name);
                yield (parameter, gradient) -> into[parameter] += gradient;
            }
            case Operation.BatchNorm norm
            when norm.affine() -> {
                double[] into = of(gradients, name);
                double[] inverses = inverses(node);
                yield (parameter, gradient) -> into[parameter] += gradient * inverses[parameter];
            }
            default -> (_, _) -> {};
        };
    }

    /** Adds to the gradients of what makes a node's constants, by output. */
    private Sink constantGradients(Graph.Node node, Map<String, double[]> gradients) {
        String name = node.name() + ".bias";
        int each = perChannel(node);
        return switch (node.operation()) {
            case Operation.Linear linear when linear.bias() -> biasGradients(of(gradients, name), each);
            case Operation.Conv2d conv when conv.bias() -> biasGradients(of(gradients, name), each);
            case Operation.BatchNorm norm
            when norm.affine() -> {
                double[] into = of(gradients, name);
                double[] weights = of(gradients, node.name() + ".weight");
                double[] mean = of(parameters, node.name() + ".running_mean");
                double[] inverses = inverses(node);
                yield (output, gradient) -> {
                    int c = output / each;
                    into[c] += gradient;
                    weights[c] -= gradient * mean[c] * inverses[c];
                };
            }
            default -> (_, _) -> {};
        };
    }

    private static Sink biasGradients(double[] into, int each) {
        return (output, gradient) -> into[output / each] += gradient;
    }

    /** The values of a map that a node reads, in the order of its inputs. */
    private static double[][] read(Map<String, double[]> map, Graph.Node node) {
        return node.inputs().stream().map(name -> of(map, name)).toArray(double[][]::new);
    }

    private static String source(Graph.Node node, int source) {
        return node.inputs().get(source);
    }

    private void intervals(Graph.Node node) {
        double[] l = new double[graph.shape(node.name()).elements()];
        double[] u = new double[l.length];
        double[] from = of(low, source(node, 0));
        double[] upTo = of(high, source(node, 0));
        switch (node.operation()) {
            case Operation.Relu relu -> {
                for (int i = 0; i < l.length; i++) {
                    l[i] = Math.max(0, from[i]);
                    u[i] = Math.max(0, upTo[i]);
                }
            }
            case Operation.MaxPool pool -> {
                Shape shape = graph.shape(source(node, 0));
                int[] lowest = ReferenceGraph.firstMaxima(pool, from, shape, graph.shape(node.name()));
                int[] highest = ReferenceGraph.firstMaxima(pool, upTo, shape, graph.shape(node.name()));
                for (int o = 0; o < l.length; o++) {
                    l[o] = from[lowest[o]];
                    u[o] = upTo[highest[o]];
                }
            }
            default -> {
                double[] constants = constants(node);
                System.arraycopy(constants, 0, l, 0, l.length);
                System.arraycopy(constants, 0, u, 0, u.length);
                double[][] lower = read(low, node);
                double[][] upper = read(high, node);
                edges(node, (source, o, i, w, parameter) -> {
                    double least = lower[source][i];
                    double most = upper[source][i];
                    l[o] += w * (w > 0 ? least : most);
                    u[o] += w * (w > 0 ? most : least);
                });
            }
        }
        low.put(node.name(), l);
        high.put(node.name(), u);
    }

    /** The most by which another class's logit can exceed the label's, a last linear layer's rows subtracted first. */
    private double interval(int other) {
        Graph.Node node = graph.node(graph.output());
        if (!(node.operation() instanceof Operation.Linear)) {
            return of(high, node.name())[other] - of(low, node.name())[label];
        }
        double[] constants = constants(node);
        double sum = constants[other] - constants[label];
        double[] least = of(low, source(node, 0));
        double[] most = of(high, source(node, 0));
        double[] w = of(parameters, node.name() + ".weight");
        for (int i = 0; i < least.length; i++) {
            double difference = w[other * least.length + i] - w[label * least.length + i];
            sum += difference * (difference > 0 ? most[i] : least[i]);
        }
        return sum;
    }

    private void addInterval(int other, double g, Map<String, double[]> gradients) {
        Graph.Node node = graph.node(graph.output());
        if (!(node.operation() instanceof Operation.Linear)) {
            of(highGradient, node.name())[other] += g;
            of(lowGradient, node.name())[label] -= g;
            return;
        }
        double[] least = of(low, source(node, 0));
        double[] most = of(high, source(node, 0));
        double[] w = of(parameters, node.name() + ".weight");
        Sink weights = weightGradients(node, gradients);
        for (int i = 0; i < least.length; i++) {
            int one = other * least.length + i;
            int two = label * least.length + i;
            double difference = w[one] - w[two];
            // At zero either end will do; the middle is what centre and radius give.
            double x = difference > 0 ? most[i] : difference < 0 ? least[i] : (most[i] + least[i]) / 2;
            weights.add(one, g * x);
            weights.add(two, -g * x);
            of(difference > 0 ? highGradient : lowGradient, source(node, 0))[i] += g * difference;
        }
        Sink constants = constantGradients(node, gradients);
        constants.add(other, g);
        constants.add(label, -g);
    }

    /** A lower bound of the label's lead over another class, carried back to the input. */
    private double linear(int other) {
        Map<String, double[]> held = new LinkedHashMap<>();
        low.forEach((node, values) -> held.put(node, new double[values.length]));
        coefficients.put(other, held);
        double[] v = of(held, graph.output());
        v[label] = 1;
        v[other] = -1;
        double sum = 0;
        List<Graph.Node> nodes = graph.nodes();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            Graph.Node node = nodes.get(n);
            double[] out = of(held, node.name());
            if (node.operation() instanceof Operation.Relu) {
                String before = source(node, 0);
                for (int i = 0; i < out.length; i++) {
                    double back = out[i] * slope(before, i, out[i]);
                    of(held, before)[i] += back;
                    sum -= bent(before, i, out[i]) ? back * of(low, before)[i] : 0;
                }
            } else if (node.operation() instanceof Operation.MaxPool pool) {
                int[] chosen = chosen(node, pool);
                for (int o = 0; o < out.length; o++) {
                    if (out[o] >= 0 || chosen[o] < 0) {
                        of(held, source(node, 0))[chosen[o] < 0 ? ~chosen[o] : chosen[o]] += out[o];
                    } else {
                        sum += out[o] * of(high, node.name())[o];
                    }
                }
            } else {
                double[] constants = constants(node);
                for (int o = 0; o < out.length; o++) {
                    sum += out[o] * constants[o];
                }
                double[][] into = read(held, node);
                edges(node, (source, o, i, w, parameter) -> into[source][i] += w * out[o]);
            }
        }
        double[] first = of(held, Graph.INPUT);
        for (int i = 0; i < first.length; i++) {
            sum += first[i] * (first[i] > 0 ? of(low, Graph.INPUT)[i] : of(high, Graph.INPUT)[i]);
        }
        return sum;
    }

    /** Of each window the place with the largest lower bound, then upper bound; ~ of it where no other can be larger. */
    private int[] chosen(Graph.Node node, Operation.MaxPool pool) {
        double[] l = of(low, source(node, 0));
        double[] u = of(high, source(node, 0));
        Shape from = graph.shape(source(node, 0));
        Shape to = graph.shape(node.name());
        int[] chosen = new int[to.elements()];
        Arrays.fill(chosen, -1);
        ReferenceGraph.windows(pool.window(), pool.stride(), pool.padding(), from, to, (o, i) -> {
            int j = chosen[o];
            chosen[o] = j < 0 || l[i] > l[j] || l[i] == l[j] && u[i] > u[j] ? i : j;
        });
        boolean[] rivalled = new boolean[chosen.length];
        ReferenceGraph.windows(
                pool.window(),
                pool.stride(),
                pool.padding(),
                from,
                to,
                (o, i) -> rivalled[o] |= i != chosen[o] && u[i] > l[chosen[o]]);
        for (int o = 0; o < chosen.length; o++) {
            chosen[o] = rivalled[o] ? chosen[o] : ~chosen[o];
        }
        return chosen;
    }

    private boolean bent(String before, int unit, double v) {
        return of(low, before)[unit] < 0 && of(high, before)[unit] > 0 && v < 0;
    }

    private double slope(String before, int unit, double v) {
        double l = of(low, before)[unit];
        double u = of(high, before)[unit];
        if (l >= 0) {
            return 1;
        }
        if (u <= 0) {
            return 0;
        }
        return v < 0 ? u / (u - l) : u > -l ? 1 : 0;
    }

    private void addLinear(int other, double g, Map<String, double[]> gradients) {
        Map<String, double[]> held = Objects.requireNonNull(coefficients.get(other));
        double[] first = of(held, Graph.INPUT);
        Map<String, double[]> back = new LinkedHashMap<>(); // by node: gradients of its coefficients
        double[] d = new double[first.length];
        for (int i = 0; i < d.length; i++) {
            double l = of(low, Graph.INPUT)[i];
            double u = of(high, Graph.INPUT)[i];
            d[i] = g * (first[i] > 0 ? l : first[i] < 0 ? u : (l + u) / 2);
        }
        back.put(Graph.INPUT, d);
        for (Graph.Node node : graph.nodes()) {
            double[] out = of(held, node.name());
            double[] in = of(back, source(node, 0));
            double[] next = new double[out.length];
            if (node.operation() instanceof Operation.Relu) {
                String before = source(node, 0);
                for (int i = 0; i < next.length; i++) {
                    double up = in[i];
                    if (bent(before, i, out[i])) {
                        double l = of(low, before)[i];
                        double u = of(high, before)[i];
                        double width = u - l;
                        up -= g * l;
                        of(lowGradient, before)[i] += up * out[i] * u / (width * width) - g * out[i] * u / width;
                        of(highGradient, before)[i] += up * out[i] * -l / (width * width);
                    }
                    next[i] = up * slope(before, i, out[i]);
                }
            } else if (node.operation() instanceof Operation.MaxPool pool) {
                int[] chosen = chosen(node, pool);
                for (int o = 0; o < next.length; o++) {
                    if (out[o] >= 0 || chosen[o] < 0) {
                        next[o] = in[chosen[o] < 0 ? ~chosen[o] : chosen[o]];
                    } else {
                        next[o] = g * of(high, node.name())[o];
                        of(highGradient, node.name())[o] += g * out[o];
                    }
                }
            } else {
                double[] constants = constants(node);
                Sink constantGradients = constantGradients(node, gradients);
                for (int o = 0; o < out.length; o++) {
                    next[o] = g * constants[o];
                    constantGradients.add(o, g * out[o]);
                }
                Sink weightGradients = weightGradients(node, gradients);
                double[][] from = read(back, node);
                edges(node, (source, o, i, w, parameter) -> {
                    double each = from[source][i];
                    next[o] += w * each;
                    weightGradients.add(parameter, out[o] * each);
                });
            }
            back.put(node.name(), next);
        }
    }

    /**
     * Adds the gradient of a loss.
     *
     * @param worstGradient (class) the loss's gradient with respect to {@link #worst}
     * @param gradients by parameter; receives the weights' gradients, pruned ones' too
     */
    public void addGradient(double[] worstGradient, Map<String, double[]> gradients) {
        low.forEach((node, values) -> lowGradient.put(node, new double[values.length]));
        high.forEach((node, values) -> highGradient.put(node, new double[values.length]));
        for (int other = 0; other < worst.length; other++) {
            if (other != label) {
                addInterval(other, (1 - share) * worstGradient[other], gradients);
                if (share > 0) {
                    addLinear(other, -share * worstGradient[other], gradients);
                }
            }
        }
        List<Graph.Node> nodes = graph.nodes();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            Graph.Node node = nodes.get(n);
            boolean elided = node.name().equals(graph.output()) && node.operation() instanceof Operation.Linear;
            if (!elided) {
                back(node, gradients);
            }
        }
    }

    private void back(Graph.Node node, Map<String, double[]> gradients) {
        double[] gl = of(lowGradient, node.name());
        double[] gu = of(highGradient, node.name());
        double[] least = of(low, source(node, 0));
        double[] most = of(high, source(node, 0));
        double[] toLow = of(lowGradient, source(node, 0));
        double[] toHigh = of(highGradient, source(node, 0));
        switch (node.operation()) {
            case Operation.Relu relu -> {
                for (int i = 0; i < gl.length; i++) {
                    toLow[i] += least[i] > 0 ? gl[i] : 0;
                    toHigh[i] += most[i] > 0 ? gu[i] : 0;
                }
            }
            case Operation.MaxPool pool -> {
                Shape shape = graph.shape(source(node, 0));
                int[] lowest = ReferenceGraph.firstMaxima(pool, least, shape, graph.shape(node.name()));
                int[] highest = ReferenceGraph.firstMaxima(pool, most, shape, graph.shape(node.name()));
                for (int o = 0; o < gl.length; o++) {
                    toLow[lowest[o]] += gl[o];
                    toHigh[highest[o]] += gu[o];
                }
            }
            default -> {
                Sink constantGradients = constantGradients(node, gradients);
                for (int o = 0; o < gl.length; o++) {
                    constantGradients.add(o, gl[o] + gu[o]);
                }
                Sink weightGradients = weightGradients(node, gradients);
                double[][] lower = read(low, node);
                double[][] upper = read(high, node);
                double[][] lowerGradients = read(lowGradient, node);
                double[][] upperGradients = read(highGradient, node);
                edges(node, (source, o, i, w, parameter) -> {
                    double l = lower[source][i];
                    double u = upper[source][i];
                    double atLower = w > 0 ? l : w < 0 ? u : (l + u) / 2;
                    double atUpper = w > 0 ? u : w < 0 ? l : (l + u) / 2;
                    weightGradients.add(parameter, gl[o] * atLower + gu[o] * atUpper);
                    lowerGradients[source][i] += w * (w > 0 ? gl[o] : gu[o]);
                    upperGradients[source][i] += w * (w > 0 ? gu[o] : gl[o]);
                });
            }
        }
    }

    private static double[] of(Map<String, double[]> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }
}
