package org.espalier.lab.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.tickets.Ticket;

/** How far an experiment of a benchmark is, as its files tell without its data. */
public enum RunState {
    /** Nothing is stored. */
    WAITING,
    /** Something is stored. */
    BEGUN,
    /** All trials are trained, or diverged, and the final networks are evaluated and, where asked for, certified. */
    DONE;

    /**
     * The state of an experiment.
     *
     * @param evaluation of the benchmark
     * @throws UserException if the store is damaged
     */
    public static RunState of(BenchmarkRun run, BenchmarkSettings.Evaluation evaluation) {
        if (!run.begun()) {
            return WAITING;
        }
        Store store = Store.open(run.directory());
        List<StoredTrial> asked = store.trials().stream()
                .filter(trial -> trial.id().trial() <= run.experiment().trials())
                .toList();
        boolean done = asked.size() == run.experiment().trials()
                && asked.stream().allMatch(trial -> done(store, trial, evaluation));
        return done ? DONE : BEGUN;
    }

    private static boolean done(Store store, StoredTrial trial, BenchmarkSettings.Evaluation evaluation) {
        List<StoredLevel> levels = store.levels(trial);
        if (levels.stream().anyMatch(level -> level.state() == LevelState.FAILED)) {
            return true;
        }
        String last = levels.getLast().key();
        return levels.stream().allMatch(level -> level.state() == LevelState.DONE)
                && evaluated(store.directory().resolve(Ticket.EVALUATIONS).resolve(last))
                && (evaluation.certify().isEmpty()
                        || !whole(store.directory().resolve(Ticket.CERTIFICATES).resolve(last), "certificate.json")
                                .isEmpty());
    }

    /** Whether there are evaluations by the minimum-norm attack and by a suite. */
    private static boolean evaluated(Path evaluations) {
        Set<String> suites = new HashSet<>();
        for (Path file : whole(evaluations, "summary.json")) {
            String source = file.toString();
            suites.add(Json.string(Json.parse(AtomicFiles.read(file), source), "suite", source));
        }
        return suites.contains(FinalNetworks.CURVE) && suites.size() > 1;
    }

    /** Files that end the work of a directory each. */
    private static List<Path> whole(Path results, String name) {
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try {
            return Directories.list(results).stream()
                    .map(each -> each.resolve(name))
                    .filter(Files::exists)
                    .toList();
        } catch (IOException e) {
            throw new UserException(results + " cannot be read: " + e.getMessage(), e);
        }
    }
}
