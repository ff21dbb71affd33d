package org.espalier.lab.network;

import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;

/**
 * How large a dense network is.
 *
 * @param weights weights that can be pruned: no biases and no batch norm
 * @param multiplyAdds of one forward pass of one example through linear layers and convolutions
 * @param values of one example that the network's layers give together, the input included
 * @param largest layer that gives the most values, the first of several
 */
public record NetworkSize(long weights, long multiplyAdds, long values, String largest) {
    /**
     * Checks that a network has no more weights than so many. A network may have none.
     *
     * @throws IllegalArgumentException if it has; the message names the layer with the most
     */
    public static void checkWeights(Graph graph, long most) {
        if (graph.prunable().isEmpty()) {
            return;
        }
        long total = 0;
        Parameter heaviest = graph.prunable().getFirst();
        for (Parameter parameter : graph.prunable()) {
            total += count(parameter);
            heaviest = count(parameter) > count(heaviest) ? parameter : heaviest;
        }
        if (total > most) {
            throw new IllegalArgumentException("layer " + heaviest.node() + " has " + count(heaviest) + " of " + total
                    + " weights, expected at most " + most + " in the network");
        }
    }

    private static long count(Parameter parameter) {
        return parameter.shape().sizes().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** The size of a network. */
    public static NetworkSize of(Graph graph) {
        long weights = 0;
        for (Parameter parameter : graph.prunable()) {
            weights += parameter.size();
        }
        long products = 0;
        long values = graph.input().elements();
        String largest = Graph.INPUT;
        for (Graph.Node node : graph.nodes()) {
            Shape shape = graph.shape(node.name());
            values += shape.elements();
            if (shape.elements() > graph.shape(largest).elements()) {
                largest = node.name();
            }
            products += switch (node.operation()) {
                case Operation.Linear linear -> (long) linear.inputs() * linear.outputs();
                case Operation.Conv2d conv -> (long) conv.inputs() * conv.kernel() * conv.kernel() * shape.elements();
                default -> 0L;
            };
        }
        return new NetworkSize(weights, products, values, largest);
    }
}
