package org.espalier.engine;

import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;

/** The networks that {@link BoundEngine#boundMargins} bounds linearly: chains of linear maps and ReLUs. */
public final class LinearBounds {
    private LinearBounds() {}

    /** Why CROWN-IBP cannot train a network, naming the layer; empty if it can. */
    public static Optional<String> refusal(Architecture architecture) {
        Graph graph = architecture.graph();
        String before = Graph.INPUT;
        for (Graph.Node node : graph.nodes()) {
            boolean passes = switch (node.operation()) {
                case Operation.Linear linear -> true;
                case Operation.Conv2d conv -> true;
                case Operation.Relu relu -> true;
                case Operation.Flatten flatten -> true;
                case Operation.Normalise normalise -> true;
                case Operation.BatchNorm norm -> false;
                case Operation.MaxPool pool -> false;
                case Operation.AveragePool pool -> false;
                case Operation.GlobalAveragePool pool -> false;
                case Operation.Add add -> false;
                case Operation.PadChannels pad -> false;
            };
            if (!passes) {
                return Optional.of("CROWN-IBP trains chains of linear layers, convolutions, ReLUs, flattens and"
                        + " normalisations, layer " + node.name() + " is a "
                        + node.operation().getClass().getSimpleName());
            }
            if (!node.inputs().getFirst().equals(before)) {
                return Optional.of("CROWN-IBP trains chains of layers, layer " + node.name() + " reads "
                        + node.inputs().getFirst() + " and not " + before + ", the layer before it");
            }
            before = node.name();
        }
        return graph.output().equals(before)
                ? Optional.empty()
                : Optional.of("CROWN-IBP trains chains of layers, layer " + before + " comes after the output "
                        + graph.output());
    }
}
