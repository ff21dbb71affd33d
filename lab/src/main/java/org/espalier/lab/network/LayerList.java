package org.espalier.lab.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/** Lists of layers as graphs, and graphs as lists of layers. The last layer of a list gives the logits. */
public final class LayerList {
    private LayerList() {}

    /**
     * Checks what needs no data: that names are there once, that every layer reads layers of the list and is read by one,
     * and that there is no cycle.
     *
     * @throws IllegalArgumentException if not; the message names the layer
     */
    public static void check(List<LayerSettings> layers) {
        skeleton(layers, Shape.of(1));
    }

    /**
     * The network of a list.
     *
     * @param image channels x rows x columns
     * @param classes outputs of linear layers that give no number
     * @throws IllegalArgumentException if layers do not fit each other or the image; the message names the layer and both sizes
     */
    public static Graph graph(List<LayerSettings> layers, Shape image, int classes) {
        Graph skeleton = skeleton(layers, image);
        Map<String, LayerSettings> byName = named(layers);
        Map<String, Shape> shapes = new HashMap<>(Map.of(Graph.INPUT, image));
        List<Graph.Node> nodes = new ArrayList<>();
        for (Graph.Node node : skeleton.nodes()) {
            List<Operation.Source> sources = node.inputs().stream()
                    .map(name -> new Operation.Source(name, of(shapes, name)))
                    .toList();
            LayerSettings layer = of(byName, node.name());
            try {
                Operation operation = operation(node.name(), layer, sources.getFirst(), classes);
                Shape shape = operation.output(node.name(), sources);
                if (shape.elements() < 1) {
                    throw new IllegalStateException(node.name());
                }
                shapes.put(node.name(), shape);
                nodes.add(new Graph.Node(node.name(), operation, node.inputs()));
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "layer " + node.name() + " has more values than " + Integer.MAX_VALUE, e);
            }
        }
        return new Graph(image, nodes, skeleton.output());
    }

    /** The list of a graph, with every name and setting said; {@link #graph} gives an equal graph. */
    public static List<LayerSettings> of(Graph graph) {
        return graph.nodes().stream().map(LayerList::layer).toList();
    }

    /** The layers with sums and copies in place of what they compute: a graph of one shape, which only names can be wrong in. */
    private static Graph skeleton(List<LayerSettings> layers, Shape shape) {
        List<String> names = names(layers);
        List<Graph.Node> nodes = new ArrayList<>();
        String before = Graph.INPUT;
        for (int i = 0; i < layers.size(); i++) {
            List<String> reads = layers.get(i).reads();
            nodes.add(new Graph.Node(
                    names.get(i),
                    reads.size() == 2 ? new Operation.Add() : new Operation.Relu(),
                    reads.isEmpty() ? List.of(before) : reads));
            before = names.get(i);
        }
        return new Graph(shape, nodes, before);
    }

    private static Map<String, LayerSettings> named(List<LayerSettings> layers) {
        List<String> names = names(layers);
        Map<String, LayerSettings> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), layers.get(i));
        }
        return named;
    }

    /** Given names, and for other layers a word and the layer's number among those of the word, as in the named networks. */
    private static List<String> names(List<LayerSettings> layers) {
        Set<String> taken = new HashSet<>();
        layers.forEach(layer -> layer.name().ifPresent(taken::add));
        Map<String, Integer> counts = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (LayerSettings layer : layers) {
            String word = word(layer);
            int number = counts.merge(word, 1, Integer::sum);
            if (layer.name().isPresent()) {
                names.add(layer.name().get());
                continue;
            }
            while (!taken.add(numbered(layer, word, number))) {
                number = counts.merge(word, 1, Integer::sum);
            }
            names.add(numbered(layer, word, number));
        }
        return names;
    }

    /** Layers that networks mostly have one of go without a number. */
    private static String numbered(LayerSettings layer, String word, int number) {
        boolean single = layer instanceof LayerSettings.Flatten
                || layer instanceof LayerSettings.Normalise
                || layer instanceof LayerSettings.GlobalAveragePool;
        return single && number == 1 ? word : word + number;
    }

    private static String word(LayerSettings layer) {
        return switch (layer) {
            case LayerSettings.Linear _ -> "fc";
            case LayerSettings.Conv2d _ -> "conv";
            case LayerSettings.BatchNorm _ -> "norm";
            case LayerSettings.Relu _ -> "relu";
            case LayerSettings.MaxPool _ -> "pool";
            case LayerSettings.AveragePool _ -> "pool";
            case LayerSettings.GlobalAveragePool _ -> "mean";
            case LayerSettings.Add _ -> "add";
            case LayerSettings.PadChannels _ -> "shortcut";
            case LayerSettings.Flatten _ -> "flatten";
            case LayerSettings.Normalise _ -> "normalise";
        };
    }

    private static Operation operation(String name, LayerSettings layer, Operation.Source source, int classes) {
        Shape shape = source.shape();
        try {
            return switch (layer) {
                case LayerSettings.Linear linear ->
                    new Operation.Linear(
                            linear.inFeatures().orElse(flat(name, source)),
                            linear.outputs().orElse(classes),
                            linear.bias());
                case LayerSettings.Conv2d conv ->
                    new Operation.Conv2d(
                            conv.inChannels().orElse(shape.size(0)),
                            conv.channels(),
                            conv.kernel(),
                            conv.stride(),
                            conv.padding(),
                            conv.bias());
                case LayerSettings.BatchNorm norm -> new Operation.BatchNorm(shape.size(0), norm.affine());
                case LayerSettings.Relu _ -> new Operation.Relu();
                case LayerSettings.MaxPool pool ->
                    new Operation.MaxPool(pool.window(), pool.stride().orElse(pool.window()), pool.padding());
                case LayerSettings.AveragePool pool ->
                    new Operation.AveragePool(pool.window(), pool.stride().orElse(pool.window()), pool.padding());
                case LayerSettings.GlobalAveragePool _ -> new Operation.GlobalAveragePool();
                case LayerSettings.Add _ -> new Operation.Add();
                case LayerSettings.PadChannels pad ->
                    new Operation.PadChannels(pad.stride(), pad.before(), pad.after());
                case LayerSettings.Flatten _ -> new Operation.Flatten();
                case LayerSettings.Normalise normalise -> normalise(normalise.mean(), normalise.std());
            };
        } catch (IllegalArgumentException e) {
            throw String.valueOf(e.getMessage()).startsWith("layer ")
                    ? e
                    : new IllegalArgumentException("layer " + name + ": " + e.getMessage(), e);
        }
    }

    /** Inputs of a linear layer; those of an image are refused here, so that the message does not name a number nobody gave. */
    private static int flat(String name, Operation.Source source) {
        if (source.shape().dimensions() != 1) {
            throw new IllegalArgumentException("layer " + name + " expects a flat input, " + source.name() + " gives "
                    + source.shape() + "; a flatten between them makes it flat");
        }
        return source.shape().elements();
    }

    /**
     * A network whose pixels are normalised first, by a layer {@code normalise}.
     *
     * @throws IllegalArgumentException if mean and deviation are not of the input's channels
     */
    public static Graph normalised(Graph graph, List<Double> mean, List<Double> std) {
        String first = "normalise";
        List<Graph.Node> nodes = new ArrayList<>();
        nodes.add(new Graph.Node(first, normalise(mean, std), List.of(Graph.INPUT)));
        for (Graph.Node node : graph.nodes()) {
            List<String> inputs = node.inputs().stream()
                    .map(name -> name.equals(Graph.INPUT) ? first : name)
                    .toList();
            nodes.add(new Graph.Node(node.name(), node.operation(), inputs));
        }
        return new Graph(graph.input(), nodes, graph.output());
    }

    /** The operation with these numbers, rounded to float. */
    private static Operation.Normalise normalise(List<Double> mean, List<Double> std) {
        return new Operation.Normalise(
                mean.stream().map(Double::floatValue).toList(),
                std.stream().map(Double::floatValue).toList());
    }

    private static LayerSettings layer(Graph.Node node) {
        Optional<String> name = Optional.of(node.name());
        Optional<String> from = Optional.of(node.inputs().getFirst());
        return switch (node.operation()) {
            case Operation.Linear linear ->
                new LayerSettings.Linear(
                        OptionalInt.of(linear.outputs()), linear.bias(), OptionalInt.of(linear.inputs()), name, from);
            case Operation.Conv2d conv ->
                new LayerSettings.Conv2d(
                        conv.outputs(),
                        conv.kernel(),
                        conv.stride(),
                        conv.padding(),
                        conv.bias(),
                        OptionalInt.of(conv.inputs()),
                        name,
                        from);
            case Operation.BatchNorm norm -> new LayerSettings.BatchNorm(norm.affine(), name, from);
            case Operation.Relu _ -> new LayerSettings.Relu(name, from);
            case Operation.MaxPool pool ->
                new LayerSettings.MaxPool(pool.window(), OptionalInt.of(pool.stride()), pool.padding(), name, from);
            case Operation.AveragePool pool ->
                new LayerSettings.AveragePool(pool.window(), OptionalInt.of(pool.stride()), pool.padding(), name, from);
            case Operation.GlobalAveragePool _ -> new LayerSettings.GlobalAveragePool(name, from);
            case Operation.Add _ -> new LayerSettings.Add(node.inputs(), name);
            case Operation.PadChannels pad ->
                new LayerSettings.PadChannels(pad.stride(), pad.before(), pad.after(), name, from);
            case Operation.Flatten _ -> new LayerSettings.Flatten(name, from);
            case Operation.Normalise normalise ->
                new LayerSettings.Normalise(
                        normalise.means().stream().map(LayerList::decimal).toList(),
                        normalise.deviations().stream().map(LayerList::decimal).toList(),
                        name,
                        from);
        };
    }

    /** The shortest decimal that is this float. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static <T> T of(Map<String, T> map, String name) {
        T found = map.get(name);
        if (found == null) {
            throw new IllegalStateException(name);
        }
        return found;
    }
}
