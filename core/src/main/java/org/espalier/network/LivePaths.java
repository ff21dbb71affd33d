package org.espalier.network;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Surviving weights that can matter: they lie on a path from an input (or a bias) to a logit. The others neither
 * carry a signal nor get a gradient other than exact zero, so kernels leave them out without changing a bit.
 *
 * <p>Paths go through units: a unit is a value of a flat output, or a channel of an image.
 */
public final class LivePaths {
    private final Architecture architecture;
    private final BitSet[] weights; // (layer): positions of live weights
    private final Map<String, BitSet> driven = new LinkedHashMap<>(); // by node: units that can be other than zero
    private final Map<String, BitSet> read = new LinkedHashMap<>(); // by node: units that can change a logit

    public LivePaths(Mask mask) {
        architecture = mask.architecture();
        Graph graph = architecture.graph();
        Map<String, Integer> layers = new LinkedHashMap<>();
        weights = new BitSet[architecture.layers()];
        for (int layer = 0; layer < weights.length; layer++) {
            weights[layer] = mask.survivors(layer);
            layers.put(architecture.node(layer), layer);
        }
        driven.put(Graph.INPUT, all(units(graph.input())));
        for (Graph.Node node : graph.nodes()) {
            driven.put(node.name(), drive(driven, graph, node, layers.getOrDefault(node.name(), -1), true));
        }
        graph.nodes().forEach(node -> read.put(node.name(), new BitSet()));
        read.put(Graph.INPUT, new BitSet());
        of(read, graph.output()).set(0, units(graph.shape(graph.output())));
        List<Graph.Node> nodes = graph.nodes();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            readBy(graph, nodes.get(n), layers.getOrDefault(nodes.get(n).name(), -1));
        }
    }

    /**
     * Units of a node's output that can be other than zero; clears weights that none of them drives.
     *
     * @param from units of the nodes before it
     * @param constants whether biases and shifts count as well as inputs; without them no weight is cleared
     */
    private BitSet drive(Map<String, BitSet> from, Graph graph, Graph.Node node, int layer, boolean constants) {
        BitSet in = of(from, node.inputs().getFirst());
        Shape shape = graph.shape(node.name());
        Shape source = graph.shape(node.inputs().getFirst());
        return switch (node.operation()) {
            case Operation.Linear linear -> drive(layer, in, linear.bias(), constants);
            case Operation.Conv2d conv -> drive(layer, in, conv.bias(), constants);
            case Operation.BatchNorm norm -> constants ? all(units(shape)) : in; // it shifts
            case Operation.Normalise normalise -> constants ? all(units(shape)) : in;
            case Operation.Add add -> {
                BitSet both = (BitSet) in.clone();
                both.or(of(from, node.inputs().getLast()));
                yield both;
            }
            case Operation.PadChannels pad -> {
                BitSet moved = new BitSet();
                in.stream().forEach(unit -> moved.set(unit + pad.before()));
                yield moved;
            }
            case Operation.Flatten flatten -> {
                int each = source.elements() / units(source);
                BitSet flat = new BitSet();
                in.stream().forEach(unit -> flat.set(unit * each, (unit + 1) * each));
                yield flat;
            }
            case Operation.Relu relu -> in;
            case Operation.MaxPool pool -> in;
            case Operation.AveragePool pool -> in;
            case Operation.GlobalAveragePool pool -> in;
        };
    }

    private BitSet drive(int layer, BitSet in, boolean bias, boolean constants) {
        int inputs = architecture.inputs(layer);
        int area = architecture.kernelArea(layer);
        BitSet out = bias && constants ? all(architecture.outputs(layer)) : new BitSet();
        BitSet live = weights[layer];
        for (int at = live.nextSetBit(0); at >= 0; at = live.nextSetBit(at + 1)) {
            if (in.get(at % inputs / area)) {
                out.set(at / inputs);
            } else if (constants) {
                live.clear(at);
            }
        }
        return out;
    }

    /** Marks what a node reads of its inputs for the units of its output that are read; clears weights that none reads. */
    private void readBy(Graph graph, Graph.Node node, int layer) {
        BitSet out = of(read, node.name());
        BitSet in = of(read, node.inputs().getFirst());
        Shape source = graph.shape(node.inputs().getFirst());
        switch (node.operation()) {
            case Operation.Linear linear -> readBy(layer, out, in);
            case Operation.Conv2d conv -> readBy(layer, out, in);
            case Operation.Add add -> {
                in.or(out);
                of(read, node.inputs().getLast()).or(out);
            }
            case Operation.PadChannels pad ->
                out.stream()
                        .map(unit -> unit - pad.before())
                        .filter(unit -> unit >= 0 && unit < units(source))
                        .forEach(in::set);
            case Operation.Flatten flatten -> {
                int each = source.elements() / units(source);
                out.stream().forEach(value -> in.set(value / each));
            }
            case Operation.BatchNorm norm -> in.or(out);
            case Operation.Normalise normalise -> in.or(out);
            case Operation.Relu relu -> in.or(out);
            case Operation.MaxPool pool -> in.or(out);
            case Operation.AveragePool pool -> in.or(out);
            case Operation.GlobalAveragePool pool -> in.or(out);
        }
    }

    private void readBy(int layer, BitSet out, BitSet in) {
        int inputs = architecture.inputs(layer);
        int area = architecture.kernelArea(layer);
        BitSet live = weights[layer];
        for (int at = live.nextSetBit(0); at >= 0; at = live.nextSetBit(at + 1)) {
            if (out.get(at / inputs)) {
                in.set(at % inputs / area);
            } else {
                live.clear(at);
            }
        }
    }

    /** Positions of a layer's live weights. Not to be changed. */
    public BitSet weights(int layer) {
        return weights[layer];
    }

    /** Inputs of a layer that a live weight reads, ascending: of a convolution (channel, row, column) of its window. */
    public int[] inputs(int layer) {
        BitSet live = new BitSet();
        weights[layer].stream().forEach(at -> live.set(at % architecture.inputs(layer)));
        return live.stream().toArray();
    }

    /**
     * Units of a node's output that can be other than zero and that can change a logit: values of a flat output, channels of an
     * image.
     *
     * @param node name of a node, or {@link Graph#INPUT}
     * @throws IllegalArgumentException if there is none of this name
     */
    public BitSet units(String node) {
        architecture.graph().shape(node);
        BitSet live = (BitSet) of(driven, node).clone();
        live.and(of(read, node));
        return live;
    }

    /**
     * Outputs of each weight layer that lie on a path of surviving weights from an input to a logit: {@link #units} of its node
     * without those that biases and batch norms alone drive.
     *
     * @return (layer) neurons, or channels of a convolution
     */
    public List<BitSet> reachedUnits() {
        Graph graph = architecture.graph();
        Map<String, BitSet> reached = new LinkedHashMap<>();
        reached.put(Graph.INPUT, all(units(graph.input())));
        List<BitSet> found = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            boolean weighted = found.size() < architecture.layers()
                    && architecture.node(found.size()).equals(node.name());
            BitSet units = drive(reached, graph, node, weighted ? found.size() : -1, false);
            reached.put(node.name(), units);
            if (weighted) {
                BitSet live = (BitSet) units.clone();
                live.and(of(read, node.name()));
                found.add(live);
            }
        }
        return found;
    }

    /** Inputs of the network from which a path leads to a logit, ascending: values of a flat input, pixels of an image. */
    public int[] networkInputs() {
        return pixels(Graph.INPUT).stream().toArray();
    }

    /** Values of a node's output that its readers read, value by value as far as each keeps their places; channels as a whole after that. */
    private BitSet pixels(String name) {
        Graph graph = architecture.graph();
        BitSet pixels = new BitSet();
        if (name.equals(graph.output())) {
            pixels.set(0, graph.shape(name).elements());
        }
        for (Graph.Node node : graph.nodes()) {
            if (!node.inputs().contains(name)) {
                continue;
            }
            switch (node.operation()) {
                case Operation.Linear linear -> {
                    for (int input : inputs(layer(node.name()))) {
                        pixels.set(input);
                    }
                }
                case Operation.Conv2d conv -> windows(graph, name, node.name(), conv, pixels);
                case Operation.Relu relu -> pixels.or(pixels(node.name()));
                case Operation.Normalise normalise -> pixels.or(pixels(node.name()));
                case Operation.BatchNorm norm -> pixels.or(pixels(node.name()));
                case Operation.Flatten flatten -> pixels.or(pixels(node.name()));
                case Operation.Add add -> pixels.or(pixels(node.name()));
                case Operation.PadChannels pad -> channels(graph, name, pixels);
                case Operation.MaxPool pool -> channels(graph, name, pixels);
                case Operation.AveragePool pool -> channels(graph, name, pixels);
                case Operation.GlobalAveragePool pool -> channels(graph, name, pixels);
            }
        }
        return pixels;
    }

    private void channels(Graph graph, String name, BitSet pixels) {
        Shape shape = graph.shape(name);
        int each = shape.elements() / units(shape);
        of(read, name).stream().forEach(unit -> pixels.set(unit * each, (unit + 1) * each));
    }

    private void windows(Graph graph, String source, String node, Operation.Conv2d conv, BitSet pixels) {
        Shape in = graph.shape(source);
        Shape out = graph.shape(node);
        int area = conv.kernel() * conv.kernel();
        for (int input : inputs(layer(node))) {
            int channel = input / area;
            int y = input % area / conv.kernel() - conv.padding();
            int x = input % conv.kernel() - conv.padding();
            for (int r = 0; r < out.size(1); r++) {
                int row = r * conv.stride() + y;
                for (int c = 0; row >= 0 && row < in.size(1) && c < out.size(2); c++) {
                    int column = c * conv.stride() + x;
                    if (column >= 0 && column < in.size(2)) {
                        pixels.set((channel * in.size(1) + row) * in.size(2) + column);
                    }
                }
            }
        }
    }

    private int layer(String node) {
        int layer = 0;
        while (!architecture.node(layer).equals(node)) {
            layer++;
        }
        return layer;
    }

    private static int units(Shape shape) {
        return shape.size(0);
    }

    private static BitSet of(Map<String, BitSet> sets, String node) {
        return Objects.requireNonNull(sets.get(node), node);
    }

    private static BitSet all(int size) {
        BitSet bits = new BitSet();
        bits.set(0, size);
        return bits;
    }
}
