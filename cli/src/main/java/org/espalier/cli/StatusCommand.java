package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.progress.Durations;
import org.espalier.lab.store.Store;
import org.espalier.report.format.TextTable;
import org.espalier.report.status.SearchStatus;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code espalier status DIR}: the state of each trial of a search, and the time left. Checks the digests of finished levels;
 * a damaged one is named, and the exit code is that of a mistake.
 */
@Command(name = "status", description = "Show finished and remaining levels of a search, and the time left.")
final class StatusCommand implements Callable<Integer> {
    /** Damaged levels that are named one by one. */
    private static final int MOST_DAMAGED = 5;

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Directory of a search.")
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    StatusCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new StatusCommand(console));
        }
    }

    @Override
    public Integer call() {
        Store store = Store.open(directory);
        SearchStatus status = SearchStatus.of(store);
        console.out().print(TextTable.of(table(store, status), console.resultWidth()));
        List<String> damaged = store.damage();
        damaged.stream().limit(MOST_DAMAGED).forEach(console::complain);
        if (damaged.size() > MOST_DAMAGED) {
            console.complain((damaged.size() - MOST_DAMAGED) + " more levels are damaged");
        }
        return damaged.isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    private static Table table(Store store, SearchStatus status) {
        var keys = new ArrayList<List<String>>();
        var rows = new ArrayList<List<String>>();
        for (SearchStatus.TrialStatus trial : status.trials()) {
            keys.add(List.of(
                    trial.id().dataset(),
                    trial.id().objective(),
                    trial.id().strategy(),
                    Integer.toString(trial.id().trial())));
            rows.add(List.of(trial.done() + "/" + trial.levels(), next(trial, status.running())));
        }
        return new Table(
                store.experiment().name() + ": " + state(status),
                new Table.Block("", List.of("data set", "objective", "strategy", "trial"), keys, true),
                List.of(new Table.Block("", List.of("levels done", "next level"), rows, true)),
                notes(store, status));
    }

    private static String state(SearchStatus status) {
        if (status.process().isPresent()) {
            return "running, process " + status.process().get();
        } else if (status.inWork() > 0) {
            return "running, workers hold " + status.inWork() + (status.inWork() == 1 ? " level" : " levels");
        }
        if (status.begun() + status.waiting() > 0) {
            return "not running; run it again to continue";
        }
        return status.diverged() > 0 ? "ended, with diverged trials" : "done";
    }

    private static String next(SearchStatus.TrialStatus trial, boolean running) {
        return switch (trial.next()) {
            case DONE -> "-";
            case WAITING -> trial.done() + " waiting";
            case BEGUN ->
                trial.done()
                        + (running ? " at " : " stopped at ")
                        + String.format(Locale.ROOT, "%,d/%,d", trial.iteration(), trial.iterations());
            case FAILED -> trial.done() + " diverged";
        };
    }

    private static List<String> notes(Store store, SearchStatus status) {
        var notes = new ArrayList<String>();
        int all = status.done() + status.begun() + status.waiting() + status.diverged();
        notes.add(status.done() + " of " + all + " levels done, " + status.begun()
                + (status.running() && status.inWork() == status.begun() ? " in work, " : " begun, ")
                + status.waiting()
                + " waiting; levels that trials share are counted once");
        if (status.diverged() > 0) {
            notes.add(status.diverged() + " diverged (the loss was not a number), " + status.dropped()
                    + " behind them will not be trained");
        }
        notes.add(Durations.of(status.spent()) + " of computing so far");
        if (status.begun() + status.waiting() > 0) {
            notes.add(status.left()
                    .map(left -> "about " + Durations.of(left) + " of computing left"
                            + (status.inWork() > 1
                                    ? ", "
                                            + Durations.of(
                                                    status.leftOnTheClock().orElse(left)) + " on the clock with "
                                            + status.inWork() + " jobs"
                                    : ", on one core"))
                    .orElse("time left: not known before something is measured"));
        }
        store.missingClasses().forEach(missing -> notes.add("warning: " + missing));
        return notes;
    }
}
