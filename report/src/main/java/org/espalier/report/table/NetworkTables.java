package org.espalier.report.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
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
        Map<Integer, List<Mask>> masks = masks(run, cell, strategy.get());
        return masks.values().stream()
                .flatMap(List::stream)
                .findFirst()
                .map(mask -> table(cell, strategy.get(), mask.architecture(), masks));
    }

    private static Map<Integer, List<Mask>> masks(Report.Run run, Cell cell, Cell.Strategy strategy) {
        Map<Integer, List<Mask>> masks = new TreeMap<>();
        for (int i = 0; i < Math.min(MOST, strategy.levels()); i++) {
            // The dense level, the sparsest and some between them.
            int level = Math.round(
                    (float) i * (strategy.levels() - 1) / Math.max(1, Math.min(MOST, strategy.levels()) - 1));
            for (StoredTrial trial : run.store().trials()) {
                if (trial.id().dataset().equals(cell.dataset())
                        && trial.id().objective().equals(cell.objective())
                        && trial.id().strategy().equals(strategy.name())
                        && level < trial.levels().size()
                        && run.store().level(trial.levels().get(level)).state() != LevelState.WAITING) {
                    mask(run, trial.levels().get(level))
                            .ifPresent(mask -> masks.computeIfAbsent(level, _ -> new ArrayList<>())
                                    .add(mask));
                }
            }
        }
        return masks;
    }

    private static Optional<Mask> mask(Report.Run run, String key) {
        try {
            return run.store().level(key).initial().map(network -> network.mask());
        } catch (UserException e) {
            // The page names it with its figures.
            return Optional.empty();
        }
    }

    private static Table table(
            Cell cell, Cell.Strategy strategy, Architecture network, Map<Integer, List<Mask>> masks) {
        var keys = new ArrayList<List<String>>();
        var layers = new ArrayList<List<String>>();
        var alive = new ArrayList<List<String>>();
        var weights = new ArrayList<List<String>>();
        Map<Integer, List<LivePaths>> paths = new LinkedHashMap<>();
        masks.forEach((level, all) ->
                paths.put(level, all.stream().map(LivePaths::new).toList()));
        for (int i = 0; i < network.layers(); i++) {
            int layer = i;
            keys.add(List.of(network.node(layer)));
            layers.add(List.of(
                    kind(network, layer),
                    network.graph().shape(network.node(layer)).toString(),
                    Numbers.count(network.weights(layer))));
            alive.add(paths.values().stream()
                    .map(all -> number(all.stream()
                            .map(each -> (double) alive(each, network, layer))
                            .toList()))
                    .toList());
            weights.add(masks.values().stream()
                    .map(all -> percent(all.stream()
                            .map(mask -> (double) mask.count(layer) / network.weights(layer))
                            .toList()))
                    .toList());
        }
        List<String> densities = masks.keySet().stream()
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

    /**
     * Neurons of a layer, or channels of a convolution, with a live weight: a path of surviving weights leads through them. Neurons
     * that only a bias drives do not count.
     */
    public static int alive(LivePaths paths, Architecture network, int layer) {
        var outputs = new BitSet();
        paths.weights(layer).stream().forEach(at -> outputs.set(at / network.inputs(layer)));
        return outputs.cardinality();
    }

    private static String number(List<Double> numbers) {
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
