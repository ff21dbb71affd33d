package org.espalier.report.reproduction;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.reproduce.PaperGrid;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.lab.reproduce.PaperStore;
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

    /** Whether the store has the strategy. */
    boolean has(String strategy) {
        return cell.strategies().stream().anyMatch(each -> each.name().equals(restart(strategy)));
    }
}
