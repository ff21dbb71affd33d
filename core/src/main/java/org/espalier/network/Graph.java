package org.espalier.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A network as a graph of operations without a cycle: what it computes, the shapes in between, and its parameters by name.
 * Immutable. It holds no values; those are {@link Weights}.
 *
 * <p>{@link Architecture} numbers its weight layers, {@link GraphBuilder} builds it layer after layer, and {@link NamedNetworks}
 * has those of papers.
 */
public final class Graph {
    /** Name under which nodes read the network's input. */
    public static final String INPUT = "input";

    /**
     * One operation.
     *
     * @param name unique in the graph: letters, digits, dots, hyphens and underscores
     * @param operation what it computes
     * @param inputs names of the nodes that it reads, or {@link #INPUT}, in the operation's order
     */
    public record Node(String name, Operation operation, List<String> inputs) {
        public Node {
            inputs = List.copyOf(inputs);
            if (!name.matches("[A-Za-z0-9._-]+") || name.equals(INPUT)) {
                throw new IllegalArgumentException("a layer's name has letters, digits, dots, hyphens and underscores"
                        + " and is not \"" + INPUT + "\", got \"" + name + "\"");
            }
        }
    }

    private final Shape input;
    private final List<Node> nodes; // in the order of evaluation
    private final String output;
    private final Map<String, Shape> shapes = new LinkedHashMap<>(); // by node, the input's too
    private final Map<String, Parameter> parameters = new LinkedHashMap<>(); // by name, in the order of evaluation

    /**
     * A graph of these nodes, in any order.
     *
     * @param input shape of one example
     * @param output name of the node that gives the logits
     * @throws IllegalArgumentException if a name is there twice, an input or the output is unknown, nodes form a cycle, a
     *     node is read by none and is not the output, or shapes do not fit; the message names the node
     */
    public Graph(Shape input, List<Node> nodes, String output) {
        this.input = input;
        this.output = output;
        Map<String, Node> byName = new LinkedHashMap<>();
        for (Node node : nodes) {
            if (byName.put(node.name(), node) != null) {
                throw new IllegalArgumentException("two layers are called " + node.name());
            }
        }
        checkNames(byName);
        this.nodes = sorted(byName);
        shapes.put(INPUT, input);
        for (Node node : this.nodes) {
            List<Operation.Source> sources = node.inputs().stream()
                    .map(name -> new Operation.Source(name, shape(name)))
                    .toList();
            shapes.put(node.name(), node.operation().output(node.name(), sources));
            for (Parameter parameter : node.operation().parameters(node.name())) {
                if (parameters.put(parameter.name(), parameter) != null) {
                    throw new IllegalArgumentException("two parameters are called " + parameter.name());
                }
            }
        }
    }

    private void checkNames(Map<String, Node> byName) {
        if (!byName.containsKey(output)) {
            throw new IllegalArgumentException("the network has no output: expected a layer called " + output
                    + ", found " + (byName.isEmpty() ? "none" : String.join(", ", byName.keySet())));
        }
        Set<String> read = new LinkedHashSet<>();
        for (Node node : byName.values()) {
            for (String source : node.inputs()) {
                if (!source.equals(INPUT) && !byName.containsKey(source)) {
                    throw new IllegalArgumentException(
                            "layer " + node.name() + " reads " + source + ", which is no layer of the network");
                }
                read.add(source);
            }
        }
        for (String name : byName.keySet()) {
            if (!read.contains(name) && !name.equals(output)) {
                throw new IllegalArgumentException(
                        "layer " + name + " is read by none and is not the output " + output);
            }
        }
    }

    /** Nodes after all that they read, otherwise in the order given. */
    private static List<Node> sorted(Map<String, Node> byName) {
        List<Node> sorted = new ArrayList<>();
        Map<String, Node> rest = new LinkedHashMap<>(byName);
        while (!rest.isEmpty()) {
            Node ready = null;
            for (Node node : rest.values()) {
                if (node.inputs().stream().noneMatch(rest::containsKey)) {
                    ready = node;
                    break;
                }
            }
            if (ready == null) {
                throw new IllegalArgumentException("layers form a cycle: " + cycle(rest));
            }
            sorted.add(ready);
            rest.remove(ready.name());
        }
        return List.copyOf(sorted);
    }

    /** Each of these nodes reads another of them, so following inputs comes back to a node seen. */
    private static String cycle(Map<String, Node> rest) {
        List<String> seen = new ArrayList<>();
        String at = rest.keySet().iterator().next();
        while (!seen.contains(at)) {
            seen.add(at);
            at = Objects.requireNonNull(rest.get(at)).inputs().stream()
                    .filter(rest::containsKey)
                    .findFirst()
                    .orElseThrow();
        }
        List<String> cycle = new ArrayList<>(seen.subList(seen.indexOf(at), seen.size()));
        cycle.add(at);
        return String.join(" reads ", cycle);
    }

    /** Shape of one example. */
    public Shape input() {
        return input;
    }

    /** All nodes, each after those that it reads. */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * The node of a name.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    public Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the network has no layer called " + name));
    }

    /** Name of the node that gives the logits. */
    public String output() {
        return output;
    }

    /**
     * Shape of what a node gives.
     *
     * @param node its name, or {@link #INPUT}
     * @throws IllegalArgumentException if there is no such node
     */
    public Shape shape(String node) {
        Shape shape = shapes.get(node);
        if (shape == null) {
            throw new IllegalArgumentException("the network has no layer called " + node);
        }
        return shape;
    }

    /** All parameters, in the order of their nodes. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** Parameters that a mask covers, in the order of their nodes. */
    public List<Parameter> prunable() {
        return parameters.values().stream().filter(Parameter::prunable).toList();
    }

    /**
     * The parameter of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the known names
     */
    public Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("the network has no parameter called " + name + ", it has "
                    + String.join(", ", parameters.keySet()));
        }
        return parameter;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Graph other
                && input.equals(other.input)
                && nodes.equals(other.nodes)
                && output.equals(other.output);
    }

    @Override
    public int hashCode() {
        return Objects.hash(input, nodes, output);
    }

    @Override
    public String toString() {
        return "graph of " + nodes.size() + " layers from " + input + " to " + shape(output);
    }
}
