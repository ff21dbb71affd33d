package org.espalier.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds graphs layer after layer: each layer reads the one before, and sizes of inputs follow. A layer can be named and read
 * again, for shortcuts.
 */
public final class GraphBuilder {
    private final Shape input;
    private final List<Graph.Node> nodes = new ArrayList<>();
    private String last = Graph.INPUT;
    private Shape shape;

    /** Begins a network for inputs of a shape: channels x rows x columns, or one dimension. */
    public GraphBuilder(Shape input) {
        this.input = input;
        shape = input;
    }

    /** Shape of what the last layer gives. */
    public Shape shape() {
        return shape;
    }

    /** Name of the last layer, or {@link Graph#INPUT}. */
    public String last() {
        return last;
    }

    /** Makes an earlier layer, or {@link Graph#INPUT}, the one that the next layer reads. */
    public GraphBuilder from(String node) {
        last = node;
        shape = node.equals(Graph.INPUT) ? input : new Graph(input, upTo(node), node).shape(node);
        return this;
    }

    /**
     * Adds a layer that reads the last one.
     *
     * @throws IllegalArgumentException if the shape does not fit; the message names the layer
     */
    public GraphBuilder add(String name, Operation operation) {
        shape = operation.output(name, List.of(new Operation.Source(last, shape)));
        nodes.add(new Graph.Node(name, operation, List.of(last)));
        last = name;
        return this;
    }

    /** Adds a convolution of the last layer's channels. */
    public GraphBuilder conv(String name, int channels, int kernel, int stride, int padding, boolean bias) {
        return add(name, new Operation.Conv2d(channelsFor(name), channels, kernel, stride, padding, bias));
    }

    /** Adds a batch norm with scales and shifts. */
    public GraphBuilder norm(String name) {
        return add(name, new Operation.BatchNorm(shape.size(0), true));
    }

    /** Adds a ReLU. */
    public GraphBuilder relu(String name) {
        return add(name, new Operation.Relu());
    }

    /** Adds a max pool without padding whose windows do not overlap. */
    public GraphBuilder maxPool(String name, int window) {
        return add(name, new Operation.MaxPool(window, window, 0));
    }

    /** Adds a fully connected layer with biases, and a flatten before it, {@code flatten}, where the last layer gives an image. */
    public GraphBuilder linear(String name, int outputs) {
        if (shape.dimensions() > 1) {
            add("flatten", new Operation.Flatten());
        }
        return add(name, new Operation.Linear(shape.elements(), outputs, true));
    }

    /** Adds the sum of the last layer and an earlier one. */
    public GraphBuilder sum(String name, String other) {
        Shape second = other.equals(Graph.INPUT) ? input : new Graph(input, upTo(other), other).shape(other);
        Operation.Add sum = new Operation.Add();
        shape = sum.output(name, List.of(new Operation.Source(last, shape), new Operation.Source(other, second)));
        nodes.add(new Graph.Node(name, sum, List.of(last, other)));
        last = name;
        return this;
    }

    /** The network, with the last layer's output as its logits. */
    public Graph build() {
        return new Graph(input, nodes, last);
    }

    private int channelsFor(String name) {
        if (shape.dimensions() != 3) {
            throw new IllegalArgumentException(
                    "layer " + name + " expects channels x rows x columns, " + last + " gives " + shape);
        }
        return shape.size(0);
    }

    /** A node and all that it reads. */
    private List<Graph.Node> upTo(String name) {
        List<String> wanted = new ArrayList<>(List.of(name));
        List<Graph.Node> found = new ArrayList<>();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            Graph.Node node = nodes.get(n);
            if (wanted.contains(node.name())) {
                found.addFirst(node);
                wanted.addAll(node.inputs());
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("the network has no layer called " + name);
        }
        return found;
    }
}
