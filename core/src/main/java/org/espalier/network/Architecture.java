package org.espalier.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network's structure as everything outside the engines sees it: a {@link Graph}, and its weight layers by number. A weight
 * layer is a node with weights, linear or a convolution; layers are numbered in the graph's order. Immutable; equal where
 * the graphs are equal.
 *
 * <p>A layer's weights form a matrix (outputs, inputs), row-major: of a convolution, an output is a channel and the inputs
 * are (channel, row, column) of its window, so that the matrix is the tensor of every framework, read as it stands.
 */
public final class Architecture {
    /** The paper's network: 784-300-100-10 without biases, 266,200 weights. */
    public static final Architecture PAPER = new Architecture(List.of(784, 300, 100, 10), false);

    /** A weight layer, worked out once. */
    private record Layer(String node, int inputs, int outputs, int area, boolean bias, boolean convolution) {
        int weights() {
            return Math.multiplyExact(inputs, outputs);
        }
    }

    private final Graph graph;
    private final List<Layer> layers;
    private final Optional<FullyConnected> fullyConnected;
    private final int inputs;
    private final int classes;

    /**
     * A fully connected ReLU network: nodes {@code layers.0}, {@code relu.0}, {@code layers.1}, and so on.
     *
     * @param widths layer widths, inputs first and classes last; at least two, each at least 1
     * @param biases whether each layer has a bias per output
     */
    public Architecture(List<Integer> widths, boolean biases) {
        this(new FullyConnected(widths, biases).graph());
    }

    /**
     * The network of a graph.
     *
     * @throws IllegalArgumentException if the graph has no weights or its output is not flat
     */
    public Architecture(Graph graph) {
        this.graph = graph;
        if (graph.shape(graph.output()).dimensions() != 1) {
            throw new IllegalArgumentException("layer " + graph.output()
                    + " gives the logits and must be flat, it gives " + graph.shape(graph.output()));
        }
        List<Layer> found = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            switch (node.operation()) {
                case Operation.Linear linear ->
                    found.add(new Layer(node.name(), linear.inputs(), linear.outputs(), 1, linear.bias(), false));
                case Operation.Conv2d conv -> {
                    int area = Math.multiplyExact(conv.kernel(), conv.kernel());
                    found.add(new Layer(
                            node.name(),
                            Math.multiplyExact(conv.inputs(), area),
                            conv.outputs(),
                            area,
                            conv.bias(),
                            true));
                }
                default -> {}
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "the network has no layer with weights, expected at least one of linear and conv2d");
        }
        layers = List.copyOf(found);
        fullyConnected = FullyConnected.of(graph);
        inputs = graph.input().elements();
        classes = graph.shape(graph.output()).elements();
    }

    /** The network as a graph. */
    public Graph graph() {
        return graph;
    }

    /** Widths and biases, where the network is of the family of {@link #Architecture(List, boolean)}. */
    public Optional<FullyConnected> fullyConnected() {
        return fullyConnected;
    }

    /** Number of weight layers. */
    public int layers() {
        return layers.size();
    }

    /** Weights to an output of a layer: a linear layer's inputs, or channels x rows x columns of a convolution's window. */
    public int inputs(int layer) {
        return layers.get(layer).inputs();
    }

    /** Outputs of a layer: a convolution's are channels. */
    public int outputs(int layer) {
        return layers.get(layer).outputs();
    }

    /** Rows x columns of a convolution's window, 1 for a linear layer. */
    public int kernelArea(int layer) {
        return layers.get(layer).area();
    }

    /** Rows x columns of a convolution's output, each computed with every weight of the layer; 1 for a linear layer. */
    public int positions(int layer) {
        return graph.shape(node(layer)).elements() / outputs(layer);
    }

    /** Whether a layer is a convolution; it is linear otherwise. */
    public boolean convolution(int layer) {
        return layers.get(layer).convolution();
    }

    /** Whether a layer has a bias per output. */
    public boolean bias(int layer) {
        return layers.get(layer).bias();
    }

    /** Input features of the whole network. */
    public int inputs() {
        return inputs;
    }

    /** Logits of the whole network. */
    public int classes() {
        return classes;
    }

    /** Weights of a layer, biases not counted. */
    public int weights(int layer) {
        return layers.get(layer).weights();
    }

    /** Weights of the whole network, biases not counted. */
    public int weights() {
        int total = 0;
        for (Layer layer : layers) {
            total = Math.addExact(total, layer.weights());
        }
        return total;
    }

    /** Name of the node of a layer; its parameters and tensors in files begin with it. */
    public String node(int layer) {
        return layers.get(layer).node();
    }

    /** A fully connected network from its inputs, hidden widths and classes. */
    public static Architecture of(int inputs, List<Integer> hidden, int classes, boolean biases) {
        List<Integer> widths = new ArrayList<>();
        widths.add(inputs);
        widths.addAll(hidden);
        widths.add(classes);
        return new Architecture(widths, biases);
    }

    @Override
    public boolean equals(Object object) {
        return object == this || object instanceof Architecture other && graph.equals(other.graph);
    }

    @Override
    public int hashCode() {
        return graph.hashCode();
    }

    /** Widths of a fully connected network, e.g. {@code 784-300-100-10}; of others the layers, e.g. {@code 1x28x28 16c4s2p1 100 10}. */
    @Override
    public String toString() {
        return fullyConnected.map(FullyConnected::toString).orElseGet(() -> Notation.of(graph));
    }
}
