package org.espalier.network;

import java.util.ArrayList;
import java.util.List;

/** A graph in a line, in the notation of papers: {@code 1x28x28 16c4s2p1 32c4s2p1 100 10}. ReLU and flatten go without saying. */
final class Notation {
    private Notation() {}

    static String of(Graph graph) {
        List<String> words = new ArrayList<>();
        words.add(graph.input().toString().replace(" ", ""));
        boolean straight = true; // each node reads the one before
        String before = Graph.INPUT;
        for (Graph.Node node : graph.nodes()) {
            straight &= node.inputs().equals(List.of(before));
            before = node.name();
            String word = word(node.operation());
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return straight
                ? String.join(" ", words)
                : words.getFirst() + " to " + graph.shape(graph.output()) + " in "
                        + graph.nodes().size() + " layers with shortcuts";
    }

    private static String word(Operation operation) {
        return switch (operation) {
            case Operation.Linear linear -> String.valueOf(linear.outputs());
            case Operation.Conv2d conv ->
                conv.outputs() + "c" + conv.kernel() + (conv.stride() > 1 ? "s" + conv.stride() : "")
                        + (conv.padding() > 0 ? "p" + conv.padding() : "");
            case Operation.BatchNorm norm -> "bn";
            case Operation.MaxPool pool ->
                "max" + pool.window() + (pool.stride() != pool.window() ? "s" + pool.stride() : "");
            case Operation.AveragePool pool ->
                "mean" + pool.window() + (pool.stride() != pool.window() ? "s" + pool.stride() : "");
            case Operation.GlobalAveragePool pool -> "mean";
            case Operation.Relu relu -> "";
            case Operation.Flatten flatten -> "";
            case Operation.Normalise normalise -> "";
            case Operation.Add add -> "add";
            case Operation.PadChannels pad -> "pad";
        };
    }
}
