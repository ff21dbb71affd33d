package org.espalier.network;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A masked network without the units that nothing reads: a smaller network with the same logits. Rows and columns of the units
 * are gone, and so are their biases and channels of batch norm.
 *
 * <p>A hidden unit goes if no surviving weight reads it. It also goes if no surviving weight feeds it and neither a bias nor a
 * batch norm gives it a value. Each layer keeps at least one unit.
 *
 * @param weights of the smaller network
 * @param mask of the smaller network: other weights stay pruned
 * @param units (layer) units that are left, ascending; the number of each in the larger network
 */
public record Shrunk(Weights weights, Mask mask, List<int[]> units) {
    /**
     * Takes the units out.
     *
     * @param weights of the masked network
     * @param mask which weights survive
     */
    public static Shrunk of(Weights weights, Mask mask) {
        Architecture from = mask.architecture();
        Units units = new Units(from);
        BitSet[] survivors = new BitSet[from.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        List<int[]> left = new ArrayList<>();
        for (int layer = 0; layer < survivors.length; layer++) {
            BitSet stay = new BitSet();
            for (int unit = 0; unit < from.outputs(layer); unit++) {
                if (!units.removable(layer)
                        || units.read(survivors, layer, unit) && fed(from, survivors, layer, unit)) {
                    stay.set(unit);
                }
            }
            if (stay.isEmpty()) {
                stay.set(0);
            }
            left.add(stay.stream().toArray());
        }
        return new Cut(from, units, left).cut(weights, survivors);
    }

    /** Whether a unit can be other than zero. */
    private static boolean fed(Architecture network, BitSet[] survivors, int layer, int unit) {
        int inputs = network.inputs(layer);
        int next = survivors[layer].nextSetBit(unit * inputs);
        return next >= 0 && next < (unit + 1) * inputs
                || network.bias(layer)
                || network.graph().nodes().stream().anyMatch(Shrunk::shifts);
    }

    /** Whether a node gives hidden units a value that no weight feeds. */
    private static boolean shifts(Graph.Node node) {
        return node.operation() instanceof Operation.BatchNorm
                || node.operation() instanceof Operation.Normalise
                        && !node.inputs().contains(Graph.INPUT);
    }

    /** Units of the smaller network. */
    public int count() {
        return units.stream().mapToInt(kept -> kept.length).sum();
    }

    /** Makes the smaller network. */
    private static final class Cut {
        private final Architecture from;
        private final List<int[]> rows; // (layer): rows that stay
        private final List<int[]> columns = new ArrayList<>(); // (layer): columns that stay
        private final Map<String, int[]> channels = new LinkedHashMap<>(); // by node: units of its output that stay

        Cut(Architecture from, Units units, List<int[]> rows) {
            this.from = from;
            this.rows = rows;
            Map<Integer, int[]> read = new LinkedHashMap<>();
            for (int layer = 0; layer < from.layers(); layer++) {
                for (Units.Reader reader : units.readers(layer)) {
                    read.put(reader.layer(), expanded(rows.get(layer), reader.each()));
                }
            }
            for (int layer = 0; layer < from.layers(); layer++) {
                int all = from.inputs(layer);
                columns.add(Objects.requireNonNullElseGet(read.get(layer), () -> upTo(all)));
            }
            Graph graph = from.graph();
            channels.put(Graph.INPUT, upTo(graph.input().size(0)));
            for (Graph.Node node : graph.nodes()) {
                channels.put(node.name(), channels(graph, node));
            }
        }

        private int[] channels(Graph graph, Graph.Node node) {
            int[] in = Objects.requireNonNull(channels.get(node.inputs().getFirst()));
            return switch (node.operation()) {
                case Operation.Linear _, Operation.Conv2d _ -> rows.get(layer(node.name()));
                case Operation.Flatten _ -> {
                    Shape shape = graph.shape(node.inputs().getFirst());
                    yield expanded(in, shape.elements() / shape.size(0));
                }
                case Operation.PadChannels _ -> upTo(graph.shape(node.name()).size(0));
                default -> in;
            };
        }

        Shrunk cut(Weights weights, BitSet[] survivors) {
            List<Graph.Node> nodes = new ArrayList<>();
            for (Graph.Node node : from.graph().nodes()) {
                nodes.add(new Graph.Node(node.name(), smaller(node), node.inputs()));
            }
            Architecture to = new Architecture(
                    new Graph(from.graph().input(), nodes, from.graph().output()));
            Weights values = new Weights(to);
            BitSet[] kept = new BitSet[to.layers()];
            for (int layer = 0; layer < kept.length; layer++) {
                kept[layer] = new BitSet();
                int next = 0;
                for (int row : rows.get(layer)) {
                    for (int column : columns.get(layer)) {
                        int at = row * from.inputs(layer) + column;
                        kept[layer].set(next, survivors[layer].get(at));
                        values.matrix(layer)[next] = survivors[layer].get(at) ? weights.matrix(layer)[at] : 0f;
                        next++;
                    }
                }
            }
            for (Parameter parameter : to.graph().parameters()) {
                if (!parameter.prunable()) {
                    float[] source = weights.values(parameter.name());
                    int[] stay = Objects.requireNonNull(channels.get(parameter.node()));
                    for (int i = 0; i < stay.length; i++) {
                        values.values(parameter.name())[i] = source[stay[i]];
                    }
                }
            }
            return new Shrunk(values, Mask.of(to, kept), List.copyOf(rows));
        }

        private Operation smaller(Graph.Node node) {
            return switch (node.operation()) {
                case Operation.Linear linear ->
                    new Operation.Linear(
                            columns.get(layer(node.name())).length, rows.get(layer(node.name())).length, linear.bias());
                case Operation.Conv2d conv ->
                    new Operation.Conv2d(
                            columns.get(layer(node.name())).length / (conv.kernel() * conv.kernel()),
                            rows.get(layer(node.name())).length,
                            conv.kernel(),
                            conv.stride(),
                            conv.padding(),
                            conv.bias());
                case Operation.BatchNorm norm ->
                    new Operation.BatchNorm(Objects.requireNonNull(channels.get(node.name())).length, norm.affine());
                default -> node.operation();
            };
        }

        private int layer(String node) {
            int layer = 0;
            while (!from.node(layer).equals(node)) {
                layer++;
            }
            return layer;
        }

        private static int[] upTo(int count) {
            int[] all = new int[count];
            for (int i = 0; i < count; i++) {
                all[i] = i;
            }
            return all;
        }

        private static int[] expanded(int[] units, int each) {
            TreeSet<Integer> all = new TreeSet<>();
            for (int unit : units) {
                for (int i = 0; i < each; i++) {
                    all.add(unit * each + i);
                }
            }
            return all.stream().mapToInt(Integer::intValue).toArray();
        }
    }
}
