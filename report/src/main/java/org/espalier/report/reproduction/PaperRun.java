package org.espalier.report.reproduction;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.lab.reproduce.PaperGrid;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.lab.reproduce.PaperStore;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.report.content.Report;
import org.espalier.report.result.Cell;
import org.espalier.report.verdict.Terms;

/**
 * One store of the reproduction and what it shows.
 *
 * @param part its part of strategy "original"
 * @param cell its only cell: one data set and one objective
 */
record PaperRun(PaperPart part, Report.Run run, Cell cell) {
    /** Begins {@link #command}. */
    static final String COMMAND = "espalier reproduce paper";

    /** The stores of a folder that hold anything, in the order of the grid. */
    static List<PaperStore> stores(Path home) {
        var stores = new LinkedHashSet<PaperStore>();
        PaperGrid.parts().forEach(part -> stores.add(PaperStore.of(home, part)));
        return stores.stream().filter(store -> store.open().isPresent()).toList();
    }

    /** The runs of a report on such stores. */
    static List<PaperRun> of(Report report, List<PaperStore> stores) {
        var runs = new ArrayList<PaperRun>();
        for (PaperStore store : stores) {
            Optional<Report.Run> run = report.runs().stream()
                    .filter(each -> each.directory().equals(store.directory()))
                    .findFirst();
            run.ifPresent(each ->
                    each.results().cells().forEach(cell -> runs.add(new PaperRun(store.first(), each, cell))));
        }
        return runs;
    }

    /** A report on all stores of a folder that hold anything. */
    static Report read(List<PaperStore> stores) {
        return Report.read(stores.stream().map(PaperStore::directory).toList(), Terms.USUAL);
    }

    /** The setting in words. */
    String setting() {
        return part.setting().word();
    }

    /** A strategy of the paper as the store names it. */
    String restart(String strategy) {
        return new PaperPart(part.setting(), part.dataset(), part.training(), strategy).restart();
    }

    /** Strategies of the store, as the paper names them. */
    List<String> strategies() {
        return PaperPart.STRATEGIES.stream().filter(this::has).toList();
    }

    /**
     * What makes the trained levels of the store. Strategies may have different numbers of trials: a store plans as many for each as
     * for the one with the most. Each number is a command of its own.
     */
    String command() {
        Store store = run.store();
        Map<String, Integer> users = new HashMap<>(); // of levels, that strategies share
        store.trials().forEach(trial -> trial.levels().forEach(level -> users.merge(level, 1, Integer::sum)));
        Map<Integer, List<String>> byTrials = new LinkedHashMap<>();
        for (String strategy : strategies()) {
            store.trials().stream()
                    .filter(trial -> trial.id().strategy().equals(restart(strategy))
                            && trial.levels().stream()
                                    .anyMatch(level -> Objects.equals(users.get(level), 1)
                                            && store.level(level).state() == LevelState.DONE))
                    .mapToInt(trial -> trial.id().trial())
                    .max()
                    .ifPresent(most -> byTrials.computeIfAbsent(most, _ -> new ArrayList<>())
                            .add(strategy));
        }
        return byTrials.entrySet().stream()
                .map(each -> COMMAND + " --part " + part.store() + "-" + String.join(",", each.getValue())
                        + " --trials " + each.getKey())
                .collect(Collectors.joining(" && "));
    }

    /** Whether the store has the strategy. */
    boolean has(String strategy) {
        return cell.strategies().stream().anyMatch(each -> each.name().equals(restart(strategy)));
    }
}
