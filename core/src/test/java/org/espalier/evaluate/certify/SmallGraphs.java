package org.espalier.evaluate.certify;

import java.util.HashMap;
import java.util.Map;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Random networks of every operation for images of few pixels, and what they compute, by the textbook. */
public final class SmallGraphs {
    /** Kinds of networks that {@link #graph} makes. */
    public static final int KINDS = 6;

    private SmallGraphs() {}

    /** A network for images of 1 x 5 x 5 (or 2 channels), with all that its kind needs. */
    public static Graph graph(int kind, Stream stream) {
        int channels = 1 + stream.below(2, 0);
        int some = 2 + stream.below(2, 1);
        int classes = 2 + stream.below(2, 2);
        boolean bias = stream.below(2, 3) == 0;
        GraphBuilder builder = new GraphBuilder(Shape.of(kind == 3 ? 2 : channels, 5, 5));
        switch (kind) {
            case 0 ->
                builder.conv("c1", some, 3, 1 + stream.below(2, 4), stream.below(2, 5), bias)
                        .relu("r1")
                        .linear("f1", 5)
                        .relu("r2");
            case 1 ->
                builder.conv("c1", some, 3, 1, 1, bias)
                        .norm("n1")
                        .relu("r1")
                        .maxPool("p1", 2)
                        .conv("c2", 3, 2, 1, 0, bias)
                        .add("n2", new Operation.BatchNorm(3, false))
                        .relu("r2");
            case 2 ->
                builder.conv("c1", some, 3, 2, 1, false)
                        .norm("n1")
                        .relu("r1")
                        .conv("c2", some, 3, 1, 1, false)
                        .norm("n2")
                        .sum("s1", "r1")
                        .relu("r2")
                        .add("mean", new Operation.GlobalAveragePool());
            case 3 ->
                builder.add(
                                "normalise",
                                new Operation.Normalise(java.util.List.of(0.3f, 0.5f), java.util.List.of(0.25f, 0.3f)))
                        .conv("c1", some, 2, 1, 0, bias)
                        .relu("r1")
                        .add("a1", new Operation.AveragePool(3, 2, 1))
                        .conv("c2", 3, 1, 1, 0, true)
                        .norm("n2")
                        .relu("r2");
            case 4 -> {
                builder.conv("c1", some, 3, 1, 1, bias)
                        .add("p1", new Operation.MaxPool(3, 2, 1))
                        .relu("r1")
                        .conv("c2", some + 2, 3, 2, 1, bias)
                        .norm("n2")
                        .relu("r2")
                        .conv("c3", some + 2, 1, 1, 0, bias);
                String branch = builder.last();
                builder.from("r1").add("short", new Operation.PadChannels(2, 1, 1));
                String shortcut = builder.last();
                builder.from(branch).sum("s1", shortcut).relu("r3");
            }
            default -> {
                // A maximum of the pixels themselves, a sum of unlike levels, a shortcut by a convolution.
                builder.add("p1", new Operation.MaxPool(2, 1, 0))
                        .conv("c1", some, 2, 1, 0, bias)
                        .relu("r1")
                        .conv("c2", some, 1, 1, 0, bias);
                String branch = builder.last();
                builder.from("p1").conv("c3", some, 2, 1, 0, bias).norm("n3");
                String shortcut = builder.last();
                builder.from(branch).sum("s1", shortcut).add("p2", new Operation.MaxPool(3, 1, 1));
            }
        }
        return builder.linear("out", classes).build();
    }

    /** Parameters of every role: weights uniform in [-scale, scale], variances away from 0. */
    public static Weights weights(Graph graph, float scale, Stream stream) {
        Weights weights = new Weights(new Architecture(graph));
        for (Parameter parameter : graph.parameters()) {
            float[] values = weights.values(parameter.name());
            Stream own = stream.child(parameter.name());
            for (int i = 0; i < values.length; i++) {
                float u = 2 * own.uniform(i) - 1;
                values[i] = parameter.role() == Parameter.Role.RUNNING_VARIANCE ? 0.3f + own.uniform(i) : scale * u;
            }
        }
        return weights;
    }

    /** Logits in float64. */
    public static double[] logits(Weights weights, double[] input) {
        return logits(weights, input, false);
    }

    /** Logits in float32: every product and sum is rounded. */
    public static double[] roundedLogits(Weights weights, double[] input) {
        return logits(weights, input, true);
    }

    private static double[] logits(Weights weights, double[] input, boolean round) {
        Graph graph = weights.graph();
        Map<String, double[]> values = new HashMap<>(Map.of(Graph.INPUT, input));
        for (Graph.Node node : graph.nodes()) {
            double[] x = values.get(node.inputs().getFirst());
            Shape from = graph.shape(node.inputs().getFirst());
            Shape to = graph.shape(node.name());
            double[] y = new double[to.elements()];
            for (int o = 0; o < y.length; o++) {
                y[o] = value(
                        weights, node, from, to, x, values.get(node.inputs().getLast()), o, round);
            }
            values.put(node.name(), y);
        }
        return values.get(graph.output());
    }

    private static double r(double value, boolean round) {
        return round ? (float) value : value;
    }

    private static double value(
            Weights weights, Graph.Node node, Shape from, Shape to, double[] x, double[] second, int o, boolean round) {
        String name = node.name();
        int area = to.dimensions() == 3 ? to.size(1) * to.size(2) : 1;
        int channel = o / area;
        return switch (node.operation()) {
            case Operation.Linear linear -> {
                double sum = linear.bias() ? weights.values(name + ".bias")[o] : 0;
                for (int i = 0; i < x.length; i++) {
                    sum = r(sum + r(weights.values(name + ".weight")[o * x.length + i] * x[i], round), round);
                }
                yield sum;
            }
            case Operation.Conv2d conv -> {
                double sum = 0;
                int k = conv.kernel();
                for (int i = 0; i < conv.inputs() * k * k; i++) {
                    double pixel =
                            pixel(x, from, i / (k * k), o, to, conv.stride(), conv.padding(), i / k % k, i % k, 0);
                    double w = weights.values(name + ".weight")[channel * conv.inputs() * k * k + i];
                    sum = r(sum + r(w * pixel, round), round);
                }
                yield conv.bias() ? r(sum + weights.values(name + ".bias")[channel], round) : sum;
            }
            case Operation.BatchNorm norm -> {
                double spread = r(weights.values(name + ".running_var")[channel] + 1e-5, round);
                double centred = r(x[o] - weights.values(name + ".running_mean")[channel], round);
                double unit = r(centred / r(Math.sqrt(spread), round), round);
                yield norm.affine()
                        ? r(
                                r(unit * weights.values(name + ".weight")[channel], round)
                                        + weights.values(name + ".bias")[channel],
                                round)
                        : unit;
            }
            case Operation.Normalise normalise ->
                r(
                        r(x[o] - normalise.means().get(channel), round)
                                / normalise.deviations().get(channel),
                        round);
            case Operation.MaxPool pool -> {
                double most = Double.NEGATIVE_INFINITY;
                for (int i = 0; i < pool.window() * pool.window(); i++) {
                    most = Math.max(
                            most,
                            pixel(
                                    x,
                                    from,
                                    channel,
                                    o,
                                    to,
                                    pool.stride(),
                                    pool.padding(),
                                    i / pool.window(),
                                    i % pool.window(),
                                    Double.NEGATIVE_INFINITY));
                }
                yield most;
            }
            case Operation.AveragePool pool -> {
                double sum = 0;
                int window = pool.window();
                for (int i = 0; i < window * window; i++) {
                    sum = r(
                            sum
                                    + pixel(
                                            x,
                                            from,
                                            channel,
                                            o,
                                            to,
                                            pool.stride(),
                                            pool.padding(),
                                            i / window,
                                            i % window,
                                            0),
                            round);
                }
                yield r(sum / (window * window), round);
            }
            case Operation.GlobalAveragePool pool -> {
                double sum = 0;
                int each = from.size(1) * from.size(2);
                for (int i = o * each; i < (o + 1) * each; i++) {
                    sum = r(sum + x[i], round);
                }
                yield r(sum / each, round);
            }
            case Operation.Add add -> r(x[o] + second[o], round);
            case Operation.Relu relu -> Math.max(x[o], 0);
            case Operation.Flatten flatten -> x[o];
            case Operation.PadChannels pad -> {
                int source = channel - pad.before();
                yield source < 0 || source >= from.size(0)
                        ? 0
                        : pixel(x, from, source, o, to, pad.stride(), 0, 0, 0, 0);
            }
        };
    }

    /** The value of a window's place for output {@code o}, {@code outside} beyond the image. */
    private static double pixel(
            double[] x,
            Shape from,
            int channel,
            int o,
            Shape to,
            int stride,
            int padding,
            int down,
            int right,
            double outside) {
        int place = o % (to.size(1) * to.size(2));
        int row = place / to.size(2) * stride - padding + down;
        int column = place % to.size(2) * stride - padding + right;
        return row < 0 || row >= from.size(1) || column < 0 || column >= from.size(2)
                ? outside
                : x[(channel * from.size(1) + row) * from.size(2) + column];
    }
}
