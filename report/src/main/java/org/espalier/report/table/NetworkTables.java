package org.espalier.report.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.LiveCounts;
import org.espalier.network.Operation;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.statistics.Sample;

/**
 * The weight layers of a search's networks by name: what each computes, the size of its output, and what of it is alive at some
 * densities.
 */
public final class NetworkTables {
    /** Densities that a table shows. */
    private static final int MOST = 4;

    private NetworkTables() {}

    /** The table of a cell's first strategy that prunes; empty if no network of it can be read. */
    public static Optional<Table> of(Report.Run run, Cell cell) {
        Optional<Cell.Strategy> strategy =
                cell.strategies().stream().filter(s -> s.levels() > 1).findFirst();
        if (strategy.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, List<LiveCounts>> sizes = sizes(run, cell, strategy.get());
        return sizes.values().stream()
                .flatMap(List::stream)
                .findFirst()
                .map(counts -> table(cell, strategy.get(), counts.architecture(), sizes));
    }

    /** By level, each list in the order of trials. */
    private static Map<Integer, List<LiveCounts>> sizes(Report.Run run, Cell cell, Cell.Strategy strategy) {
        Map<Integer, List<LiveCounts>> sizes = new TreeMap<>();
        for (int i = 0; i < Math.min(MOST, strategy.levels()); i++) {
            // The dense level, the sparsest and some between them.
            int level = Math.round(
                    (float) i * (strategy.levels() - 1) / Math.max(1, Math.min(MOST, strategy.levels()) - 1));
            List<String> keys = run.store().trials().stream()
                    .filter(trial -> trial.id().dataset().equals(cell.dataset())
                            && trial.id().objective().equals(cell.objective())
                            && trial.id().strategy().equals(strategy.name())
                            && level < trial.levels().size())
                    .map(trial -> trial.levels().get(level))
                    .toList();
            List<LiveCounts> found = List.copyOf(run.sizes().of(keys).values());
            if (!found.isEmpty()) {
                sizes.put(level, found);
            }
        }
        return sizes;
    }

    private static Table table(
            Cell cell, Cell.Strategy strategy, Architecture network, Map<Integer, List<LiveCounts>> sizes) {
        var keys = new ArrayList<List<String>>();
        var layers = new ArrayList<List<String>>();
        var alive = new ArrayList<List<String>>();
        var weights = new ArrayList<List<String>>();
        for (int i = 0; i < network.layers(); i++) {
            int layer = i;
            keys.add(List.of(network.node(layer)));
            layers.add(List.of(
                    kind(network, layer),
                    network.graph().shape(network.node(layer)).toString(),
                    Numbers.count(network.weights(layer))));
            alive.add(sizes.values().stream()
                    .map(all -> number(all.stream()
                            .map(each -> (double) each.units().get(layer))
                            .toList()))
                    .toList());
            weights.add(sizes.values().stream()
                    .map(all -> percent(all.stream()
                            .map(each -> (double) each.weights().get(layer) / network.weights(layer))
                            .toList()))
                    .toList());
        }
        List<String> densities = sizes.keySet().stream()
                .map(level -> level < cell.densities().size()
                        ? Numbers.density(cell.densities().get(level))
                        : "level " + level)
                .toList();
        return new Table(
                cell.dataset() + ", " + cell.objective() + " training, " + strategy.name()
                        + ": layers by weights remaining",
                new Table.Block("", List.of("layer"), keys, true),
                List.of(
                        new Table.Block("", List.of("operation", "output", "weights"), layers, Set.of(0, 1)),
                        new Table.Block("neurons or channels alive", densities, alive),
                        new Table.Block("weights surviving, %", densities, weights)),
                List.of(
                        "output: neurons, or channels x rows x columns of a feature map. alive: a path of surviving weights"
                                + " leads through it from an input to a logit; means over trials"));
    }

    private static String kind(Architecture network, int layer) {
        Graph.Node node = network.graph().nodes().stream()
                .filter(each -> each.name().equals(network.node(layer)))
                .findFirst()
                .orElseThrow();
        return switch (node.operation()) {
            case Operation.Conv2d conv ->
                conv.kernel() + " x " + conv.kernel() + " convolution, stride " + conv.stride() + ", padding "
                        + conv.padding();
            default -> "linear";
        };
    }

    /** The mean, with a decimal where it is not whole. */
    static String number(List<Double> numbers) {
        double mean = Sample.of(numbers).mean();
        return String.format(Locale.ROOT, mean == Math.rint(mean) ? "%,.0f" : "%,.1f", mean);
    }

    private static String percent(List<Double> shares) {
        return Numbers.percent(Sample.of(shares).mean());
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return run.results().cells().stream()
                    .flatMap(cell -> of(run, cell).stream()
                            .map(table -> new Named(
                                    String.join("-", run.label(), cell.dataset(), cell.objective(), "layers"), table)))
                    .toList();
        }
    }
}
