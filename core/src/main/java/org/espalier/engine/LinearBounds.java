package org.espalier.engine;

import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Operation;

/** The networks that {@link BoundEngine#boundMargins} bounds linearly: graphs of affine maps and ReLUs. */
public final class LinearBounds {
    private LinearBounds() {}

    /** Why CROWN-IBP cannot train a network, naming the layer; empty if it can. */
    public static Optional<String> refusal(Architecture architecture) {
        Graph graph = architecture.graph();
        for (Graph.Node node : graph.nodes()) {
            boolean passes = switch (node.operation()) {
                case Operation.Linear linear -> true;
                case Operation.Conv2d conv -> true;
                case Operation.Relu relu -> true;
                case Operation.Flatten flatten -> true;
                case Operation.Normalise normalise -> true;
                case Operation.BatchNorm norm -> true;
                case Operation.MaxPool pool -> false;
                case Operation.AveragePool pool -> true;
                case Operation.GlobalAveragePool pool -> true;
                case Operation.Add add -> true;
                case Operation.PadChannels pad -> true;
            };
            if (!passes) {
                return Optional.of("CROWN-IBP bounds affine layers and ReLUs, layer " + node.name() + " is a "
                        + node.operation().getClass().getSimpleName());
            }
        }
        return Optional.empty();
    }
}
