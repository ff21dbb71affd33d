package org.espalier.report.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.LiveCounts;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.statistics.Sample;

/** How large the trained networks of a search are, by level: weights, live units and inputs, multiply-adds. */
public final class SizeTable {
    private SizeTable() {}

    /** The table of a cell; empty if no level is trained or none can be read. */
    public static Optional<Table> of(Report.Run run, Cell cell) {
        List<String> trained = run.store().trials().stream()
                .filter(trial -> isOf(trial, cell))
                .flatMap(trial -> trial.levels().stream())
                .distinct()
                .filter(key -> run.store().level(key).state() == LevelState.DONE)
                .toList();
        Map<String, LiveCounts> sizes = run.sizes().of(trained);
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Cell.Strategy strategy : cell.strategies()) {
            SortedMap<Integer, List<LiveCounts>> levels = new TreeMap<>();
            for (StoredTrial trial : run.store().trials()) {
                if (isOf(trial, cell) && trial.id().strategy().equals(strategy.name())) {
                    for (int level = 0;
                            level < Math.min(strategy.levels(), trial.levels().size());
                            level++) {
                        LiveCounts counts = sizes.get(trial.levels().get(level));
                        if (counts != null) {
                            levels.computeIfAbsent(level, _ -> new ArrayList<>())
                                    .add(counts);
                        }
                    }
                }
            }
            levels.forEach((level, all) -> {
                keys.add(List.of(strategy.name(), Integer.toString(level)));
                rows.add(row(all));
            });
        }
        return sizes.values().stream()
                .findFirst()
                .filter(_ -> !rows.isEmpty())
                .map(counts -> new Table(
                        cell.dataset() + ", " + cell.objective() + " training: size by level",
                        new Table.Block("", List.of("strategy", "level"), keys, true),
                        List.of(new Table.Block(
                                "",
                                List.of(
                                        "weights",
                                        "weights %",
                                        "live units",
                                        "live inputs",
                                        "multiply-adds",
                                        "of dense %",
                                        "trials"),
                                rows)),
                        notes(counts, trained.size() - sizes.size())));
    }

    private static boolean isOf(StoredTrial trial, Cell cell) {
        return trial.id().dataset().equals(cell.dataset())
                && trial.id().objective().equals(cell.objective());
    }

    private static List<String> row(List<LiveCounts> trials) {
        return List.of(
                NetworkTables.number(each(trials, LiveCounts::allWeights)),
                share(
                        trials,
                        counts -> (double) counts.allWeights()
                                / counts.architecture().weights()),
                NetworkTables.number(each(trials, LiveCounts::hiddenUnits)),
                NetworkTables.number(each(trials, LiveCounts::inputs)),
                NetworkTables.number(each(trials, LiveCounts::multiplyAdds)),
                share(trials, counts -> (double) counts.multiplyAdds() / counts.denseMultiplyAdds()),
                Integer.toString(trials.size()));
    }

    private static List<Double> each(List<LiveCounts> trials, ToDoubleFunction<LiveCounts> number) {
        return trials.stream().map(number::applyAsDouble).toList();
    }

    private static String share(List<LiveCounts> trials, ToDoubleFunction<LiveCounts> number) {
        return Numbers.percent(Sample.of(each(trials, number)).mean());
    }

    private static List<String> notes(LiveCounts counts, int lost) {
        List<String> notes = new ArrayList<>();
        notes.add("dense network: " + Numbers.count(counts.architecture().weights()) + " weights, "
                + Numbers.count(counts.denseHiddenUnits()) + " hidden units, "
                + Numbers.count(counts.architecture().inputs()) + " inputs, "
                + Numbers.count(counts.denseMultiplyAdds()) + " multiply-adds. Means over trained trials");
        notes.add(
                "live: a path of surviving weights leads through the hidden neuron or channel, or from the input, to a"
                        + " logit; units that biases or batch norms alone drive do not count. multiply-adds: of one example's"
                        + " forward pass, each surviving weight once at every position of its layer's output");
        if (lost > 0) {
            notes.add("left out, as a file of theirs cannot be read: " + lost + " trained level"
                    + (lost == 1 ? "" : "s"));
        }
        return notes;
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return run.results().cells().stream()
                    .flatMap(cell -> of(run, cell).stream()
                            .map(table -> new Named(
                                    String.join("-", run.label(), cell.dataset(), cell.objective(), "size"), table)))
                    .toList();
        }
    }
}
