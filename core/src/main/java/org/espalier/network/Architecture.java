package org.espalier.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The family of fully connected ReLU networks: widths from the inputs to the logits. {@link #graph} makes the network.
 *
 * @param widths layer widths, inputs first and classes last; at least two, each at least 1
 * @param biases whether each layer has a bias per output
 */
public record Architecture(List<Integer> widths, boolean biases) {
    /** The paper's network: 784-300-100-10 without biases, 266,200 weights. */
    public static final Architecture PAPER = new Architecture(List.of(784, 300, 100, 10), false);

    public Architecture {
        widths = List.copyOf(widths);
        if (widths.size() < 2) {
            throw new IllegalArgumentException("a network needs at least inputs and outputs, got widths " + widths);
        }
        for (int width : widths) {
            if (width < 1) {
                throw new IllegalArgumentException("a layer's width must be at least 1, got widths " + widths);
            }
        }
    }

    /** Number of weight layers. */
    public int layers() {
        return widths.size() - 1;
    }

    /** Inputs of the network, or of layer {@code layer} (0 is the first weight layer). */
    public int inputs(int layer) {
        return widths.get(layer);
    }

    /** Outputs of layer {@code layer}. */
    public int outputs(int layer) {
        return widths.get(layer + 1);
    }

    /** Input features of the whole network. */
    public int inputs() {
        return widths.getFirst();
    }

    /** Logits of the whole network. */
    public int classes() {
        return widths.getLast();
    }

    /** Weights of a layer, biases not counted. */
    public int weights(int layer) {
        return Math.multiplyExact(inputs(layer), outputs(layer));
    }

    /** Weights of the whole network, biases not counted. */
    public int weights() {
        int total = 0;
        for (int layer = 0; layer < layers(); layer++) {
            total = Math.addExact(total, weights(layer));
        }
        return total;
    }

    /** The network as a graph: nodes {@code layers.0}, {@code relu.0}, {@code layers.1}, and so on. */
    public Graph graph() {
        List<Graph.Node> nodes = new ArrayList<>();
        String source = Graph.INPUT;
        for (int layer = 0; layer < layers(); layer++) {
            String name = node(layer);
            nodes.add(
                    new Graph.Node(name, new Operation.Linear(inputs(layer), outputs(layer), biases), List.of(source)));
            source = name;
            if (layer + 1 < layers()) {
                source = "relu." + layer;
                nodes.add(new Graph.Node(source, new Operation.Relu(), List.of(name)));
            }
        }
        return new Graph(Shape.of(inputs()), nodes, source);
    }

    /** Name of the node of layer {@code layer}; its parameters and tensors in files begin with it. */
    public String node(int layer) {
        return "layers." + layer;
    }

    /** An architecture from its inputs, hidden widths and classes. */
    public static Architecture of(int inputs, List<Integer> hidden, int classes, boolean biases) {
        List<Integer> widths = new ArrayList<>();
        Collections.addAll(widths, inputs);
        widths.addAll(hidden);
        widths.add(classes);
        return new Architecture(widths, biases);
    }

    @Override
    public String toString() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-")) + (biases ? " with biases" : "");
    }
}
