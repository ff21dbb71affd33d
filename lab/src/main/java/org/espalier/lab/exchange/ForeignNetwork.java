package org.espalier.lab.exchange;

import java.util.ArrayList;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;

/**
 * A network from elsewhere in Espalier's terms.
 *
 * @param weights its parameters
 * @param notes sentences on what was found and done, for its user
 */
public record ForeignNetwork(Weights weights, List<String> notes) {
    public ForeignNetwork {
        notes = List.copyOf(notes);
    }

    /**
     * The network with its mask: weights of exactly zero are pruned.
     *
     * @param source the file, for messages
     * @throws UserException if a weight is not finite
     */
    public StoredNetwork stored(String source) {
        if (!weights.finite()) {
            throw new UserException(source + " has weights that are not finite numbers");
        }
        List<byte[]> kept = new ArrayList<>();
        for (Parameter parameter : weights.graph().prunable()) {
            float[] values = weights.values(parameter.name());
            byte[] bytes = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                bytes[i] = (byte) (values[i] == 0 ? 0 : 1);
            }
            kept.add(bytes);
        }
        Mask mask = Mask.of(weights.architecture(), kept.toArray(byte[][]::new));
        weights.apply(mask); // -0 becomes +0
        return new StoredNetwork(weights, mask);
    }

    /**
     * The same network in the usual form: a chain of linear layers with ReLU between them is fully connected, {@code layers.0},
     * {@code relu.0} and so on, and then has biases in all layers or in none. Other networks stay as they are.
     */
    ForeignNetwork usual() {
        Graph graph = weights.graph();
        List<Graph.Node> nodes = new ArrayList<>(graph.nodes());
        if (nodes.size() > 1 && nodes.getFirst().operation() instanceof Operation.Flatten) {
            nodes.removeFirst();
        }
        List<Integer> widths = new ArrayList<>(List.of(graph.input().elements()));
        boolean biases = false;
        for (int n = 0; n < nodes.size(); n++) {
            if (n % 2 == 0 && nodes.get(n).operation() instanceof Operation.Linear linear) {
                widths.add(linear.outputs());
                biases |= linear.bias();
            } else if (n % 2 == 0 || !(nodes.get(n).operation() instanceof Operation.Relu) || n == nodes.size() - 1) {
                return this;
            }
        }
        Weights usual = new Weights(new Architecture(widths, biases));
        int layer = 0;
        for (Graph.Node node : nodes) {
            if (node.operation() instanceof Operation.Linear linear) {
                copy(weights.values(node.name() + ".weight"), usual.matrix(layer));
                if (linear.bias()) {
                    copy(weights.values(node.name() + ".bias"), usual.biases(layer));
                }
                layer++;
            }
        }
        return new ForeignNetwork(usual, notes);
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, from.length);
    }

    /**
     * A network that reads images, with fixed normalisation of their pixels first.
     *
     * @param image channels x rows x columns
     * @throws IllegalArgumentException if the network reads something else, or means and deviations are not of the channels
     */
    static Graph normalised(Graph graph, Shape image, List<Float> means, List<Float> deviations) {
        if (graph.input().elements() != image.elements()) {
            throw new IllegalArgumentException(
                    "the network reads " + graph.input() + ", which is no image of " + image);
        }
        List<Graph.Node> nodes = new ArrayList<>();
        String first = free(graph, "normalise");
        nodes.add(new Graph.Node(first, new Operation.Normalise(means, deviations), List.of(Graph.INPUT)));
        if (graph.input().dimensions() == 1) {
            String flat = free(graph, "flatten");
            nodes.add(new Graph.Node(flat, new Operation.Flatten(), List.of(first)));
            first = flat;
        }
        for (Graph.Node node : graph.nodes()) {
            String last = first;
            nodes.add(new Graph.Node(
                    node.name(),
                    node.operation(),
                    node.inputs().stream()
                            .map(name -> name.equals(Graph.INPUT) ? last : name)
                            .toList()));
        }
        return new Graph(image, nodes, graph.output());
    }

    private static String free(Graph graph, String name) {
        return graph.nodes().stream().anyMatch(node -> node.name().equals(name)) ? name + ".input" : name;
    }

    /** The same values in a network with other nodes but equal parameters. */
    static Weights moved(Weights from, Graph to) {
        Weights moved = new Weights(new Architecture(to));
        for (Parameter parameter : to.parameters()) {
            copy(from.values(parameter.name()), moved.values(parameter.name()));
        }
        return moved;
    }
}
