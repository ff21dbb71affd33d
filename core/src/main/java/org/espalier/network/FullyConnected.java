package org.espalier.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The family of fully connected ReLU networks.
 *
 * @param widths layer widths, inputs first and classes last; at least two, each at least 1
 * @param biases whether each layer has a bias per output
 */
public record FullyConnected(List<Integer> widths, boolean biases) {
    /** Checks the widths. */
    public FullyConnected {
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

    /** The family's member that a graph is, if it is one. */
    static Optional<FullyConnected> of(Graph graph) {
        if (graph.input().dimensions() != 1) {
            return Optional.empty();
        }
        List<Integer> widths = new ArrayList<>(List.of(graph.input().elements()));
        boolean biases = false;
        for (Graph.Node node : graph.nodes()) {
            switch (node.operation()) {
                case Operation.Linear linear -> {
                    widths.add(linear.outputs());
                    biases = linear.bias();
                }
                case Operation.Relu relu -> {}
                default -> {
                    return Optional.empty();
                }
            }
        }
        if (widths.size() < 2) {
            return Optional.empty();
        }
        FullyConnected member = new FullyConnected(widths, biases);
        return member.graph().equals(graph) ? Optional.of(member) : Optional.empty();
    }

    /** The network: nodes {@code layers.0}, {@code relu.0}, {@code layers.1}, and so on. */
    Graph graph() {
        List<Graph.Node> nodes = new ArrayList<>();
        String source = Graph.INPUT;
        for (int layer = 0; layer < widths.size() - 1; layer++) {
            String name = "layers." + layer;
            nodes.add(new Graph.Node(
                    name, new Operation.Linear(widths.get(layer), widths.get(layer + 1), biases), List.of(source)));
            source = name;
            if (layer + 2 < widths.size()) {
                source = "relu." + layer;
                nodes.add(new Graph.Node(source, new Operation.Relu(), List.of(name)));
            }
        }
        return new Graph(Shape.of(widths.getFirst()), nodes, source);
    }

    @Override
    public String toString() {
        return widths.stream().map(String::valueOf).collect(Collectors.joining("-")) + (biases ? " with biases" : "");
    }
}
