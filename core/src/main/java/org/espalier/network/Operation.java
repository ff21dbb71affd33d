package org.espalier.network;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node of a {@link Graph} computes. Sealed, because an engine must know all operations: adding one is a record here
 * and a case in each engine.
 */
public sealed interface Operation {
    /**
     * An input of a node.
     *
     * @param name the node that gives it, or {@link Graph#INPUT}
     * @param shape its shape
     */
    record Source(String name, Shape shape) {}

    /**
     * Shape of the output for these inputs.
     *
     * @param node the node's name, for messages
     * @throws IllegalArgumentException if the number of inputs or a shape does not fit; the message names the node
     */
    Shape output(String node, List<Source> inputs);

    /** Parameters in the order in which files list them. */
    List<Parameter> parameters(String node);

    /**
     * A fully connected layer: {@code y = W x + b}.
     *
     * @param inputs values that it reads, at least 1
     * @param outputs values that it gives, at least 1
     * @param bias whether there is a bias per output
     */
    record Linear(int inputs, int outputs, boolean bias) implements Operation {
        public Linear {
            if (inputs < 1 || outputs < 1) {
                throw new IllegalArgumentException(
                        "a linear layer needs at least 1 input and 1 output, got " + inputs + " and " + outputs);
            }
        }

        @Override
        public Shape output(String node, List<Source> sources) {
            Source source = only(node, sources);
            if (!source.shape().equals(Shape.of(inputs))) {
                throw new IllegalArgumentException("layer " + node + " expects " + inputs + " inputs, " + source.name()
                        + " gives " + source.shape());
            }
            return Shape.of(outputs);
        }

        @Override
        public List<Parameter> parameters(String node) {
            List<Parameter> parameters = new ArrayList<>();
            parameters.add(
                    new Parameter(node + ".weight", node, Shape.of(outputs, inputs), Parameter.Role.WEIGHT, true));
            if (bias) {
                parameters.add(new Parameter(node + ".bias", node, Shape.of(outputs), Parameter.Role.BIAS, false));
            }
            return parameters;
        }
    }

    /** {@code y = max(x, 0)} of each value. */
    record Relu() implements Operation {
        @Override
        public Shape output(String node, List<Source> sources) {
            return only(node, sources).shape();
        }

        @Override
        public List<Parameter> parameters(String node) {
            return List.of();
        }
    }

    private static Source only(String node, List<Source> sources) {
        if (sources.size() != 1) {
            throw new IllegalArgumentException("layer " + node + " takes 1 input, got " + sources.size());
        }
        return sources.getFirst();
    }
}
