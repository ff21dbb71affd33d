package org.espalier.lab.network;

import java.util.ArrayList;
import java.util.List;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;
import org.espalier.network.Shape;

/** How networks read the examples of a data set. */
public final class NetworkInput {
    private static final String FLATTEN = "flatten";

    private NetworkInput() {}

    /** Shape of an example: channels x rows x columns. Each feature of a table is a channel of one pixel. */
    public static Shape of(DataSet set) {
        return set.isTable()
                ? Shape.of(set.features(), 1, 1)
                : Shape.of(
                        set.shape().channels(),
                        set.shape().height(),
                        set.shape().width());
    }

    /**
     * A network with a first layer that standardises the features of a table, by their means and deviations in the training rows. A
     * network of images, or one that normalises already, stays as it is.
     */
    public static Architecture standardised(Architecture architecture, DataSet set) {
        Graph graph = architecture.graph();
        if (!set.isTable()
                || graph.nodes().stream().anyMatch(node -> node.operation() instanceof Operation.Normalise)) {
            return architecture;
        }
        List<Feature> features = set.details().features();
        Graph input = graph.input().dimensions() == 1 ? flattened(graph, of(set)) : graph;
        return new Architecture(LayerList.normalised(
                input,
                features.stream().map(feature -> (double) feature.mean()).toList(),
                features.stream().map(feature -> (double) feature.deviation()).toList()));
    }

    /** The same network with a layer before it that makes its input flat. */
    private static Graph flattened(Graph graph, Shape input) {
        List<Graph.Node> nodes = new ArrayList<>();
        nodes.add(new Graph.Node(FLATTEN, new Operation.Flatten(), List.of(Graph.INPUT)));
        for (Graph.Node node : graph.nodes()) {
            nodes.add(new Graph.Node(
                    node.name(),
                    node.operation(),
                    node.inputs().stream()
                            .map(name -> name.equals(Graph.INPUT) ? FLATTEN : name)
                            .toList()));
        }
        return new Graph(input, nodes, graph.output());
    }
}
