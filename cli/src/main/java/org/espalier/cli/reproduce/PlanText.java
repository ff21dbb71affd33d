package org.espalier.cli.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.cli.console.Console;
import org.espalier.lab.reproduce.PaperPart;
import org.espalier.lab.reproduce.PaperStore;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;

/** The table of parts and of what is done of each. */
final class PlanText {
    private PlanText() {}

    static void print(Console console, Path home, List<PaperPart> parts, int trials) {
        var keys = new ArrayList<List<String>>();
        var rows = new ArrayList<List<String>>();
        long levels = 0;
        long of = 0;
        for (PaperPart part : parts) {
            PaperStore.Progress progress = PaperStore.of(home, part).progress(part, trials);
            levels += progress.levels();
            of += progress.of();
            keys.add(List.of(part.name()));
            rows.add(List.of(
                    progress.levels() + "/" + progress.of(),
                    progress.trials() + "/" + progress.ofTrials(),
                    progress.running() ? "running" : progress.levels() == progress.of() ? "done" : "-"));
        }
        console.out()
                .print(TextTable.of(
                        new Table(
                                "paper, " + trials + (trials == 1 ? " trial" : " trials") + " of each part, stored in "
                                        + home,
                                new Table.Block("", List.of("part"), keys, true),
                                List.of(new Table.Block(
                                        "", List.of("levels done", "trials done", "state"), rows, true)),
                                List.of(levels + " of " + of
                                        + " levels done; strategies of one trial share the dense level, which is trained"
                                        + " once and counted for each")),
                        console.resultWidth()));
        console.out().flush();
    }
}
