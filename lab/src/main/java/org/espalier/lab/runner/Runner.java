package org.espalier.lab.runner;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engines;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.jobs.JobQueue;
import org.espalier.lab.plan.Numerics;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.MissingClasses;
import org.espalier.lab.store.Provenance;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;

/**
 * Runs an experiment: trains every missing level once, {@code jobs} at a time. Running again continues; results do not
 * depend on jobs, interruptions or time.
 */
public final class Runner {
    private final RunRequest request;
    private final RunObserver observer;
    private final Predicate<TrialId> wanted;
    private volatile boolean stopping;

    /** A run to be started. */
    public Runner(RunRequest request, RunObserver observer) {
        this(request, observer, _ -> true);
    }

    /**
     * A run that trains some of the trials. The whole experiment is planned and stored, so that a later run continues with the
     * others.
     *
     * @param wanted the trials to train
     */
    public Runner(RunRequest request, RunObserver observer, Predicate<TrialId> wanted) {
        this.request = request;
        this.observer = observer;
        this.wanted = wanted;
    }

    /**
     * Stops the run and checkpoints the present levels; safe to call from any thread, at any time. {@link #run} returns
     * within seconds, when the measurement in work is over.
     */
    public void stop() {
        stopping = true;
    }

    /** Loads the data and runs, as {@link #run(Map)}. */
    public RunOutcome run(DataProgress progress) {
        return run(load(request.experiment(), progress));
    }

    /**
     * Loads an experiment's data sets.
     *
     * @return by name, in the experiment's order
     * @throws UserException if one is missing or malformed
     */
    public static Map<String, DataSet> load(Experiment experiment, DataProgress progress) {
        experiment.data().sets().stream()
                .filter(source -> source.directory().isEmpty())
                .forEach(source -> checkName(source.name()));
        Map<String, DataSet> data = new LinkedHashMap<>();
        for (Experiment.DataSource source : experiment.data().sets()) {
            Optional<Path> directory = source.directory().map(text -> UserPath.of(text, "data.sets directory"));
            data.put(source.name(), DataSets.load(source.name(), directory, progress));
        }
        return data;
    }

    private static void checkName(String name) {
        DataSets sets = DataSets.standard();
        List<String> names = Stream.concat(sets.names().stream(), sets.importedNames().stream())
                .toList();
        if (!names.contains(name)) {
            throw new UserException("data.sets of the experiment has \"" + name
                    + "\", which is no data set and has no directory; " + Names.suggestion(name, names));
        }
    }

    /**
     * Runs to the end, or until stopped.
     *
     * @param data the experiment's data sets by name
     * @throws org.espalier.UserException if settings do not fit the data, or the directory is in use, holds another
     *     search, is damaged or cannot be written. Levels in work are put aside first
     */
    public RunOutcome run(Map<String, DataSet> data) {
        LevelWork levels = new LevelWork(request, data);
        try (StoreWriter store = levels.open(request.directory())) {
            Work work = new Work(levels, store);
            work.warn();
            boolean interrupted = work.run();
            return new RunOutcome(interrupted, work.trained.get(), failures(levels.plan(), store));
        }
    }

    /**
     * Checks that a store holds this search or a part of it, as a run in its directory would.
     *
     * @param data the experiment's data sets by name
     * @throws UserException naming the difference
     */
    public static void check(Store store, RunRequest request, Map<String, DataSet> data) {
        Plan plan = new Plan(request.experiment(), data, request.start());
        StoreWriter.checkContained(store, request.experiment(), plan.trials(), provenance(request, data));
    }

    /** The trials to train, in the experiment's order. */
    private List<StoredTrial> wanted(Plan plan) {
        return plan.trials().stream().filter(trial -> wanted.test(trial.id())).toList();
    }

    /**
     * Runs as {@link #run(Map)} does, but has the levels trained elsewhere.
     *
     * @param elsewhere has connected to where it trains, so that nothing is written if it cannot
     */
    public RunOutcome run(Map<String, DataSet> data, Elsewhere elsewhere) {
        LevelWork levels = new LevelWork(request, data);
        try (StoreWriter store = levels.open(request.directory())) {
            Work work = new Work(levels, store);
            work.warn();
            work.tellPlan();
            int trained = elsewhere.train(levels, store, observer);
            return new RunOutcome(stopping, trained, failures(levels.plan(), store));
        }
    }

    /**
     * Writes the plan and nothing else, for workers that train its levels (see {@code lab.cluster}).
     *
     * @param data the experiment's data sets by name
     * @throws UserException as {@link #run(Map)}
     */
    public void prepare(Map<String, DataSet> data) {
        LevelWork levels = new LevelWork(request, data);
        try (StoreWriter store = levels.open(request.directory())) {
            Work work = new Work(levels, store);
            work.warn();
            work.tellPlan();
        }
    }

    private List<RunOutcome.FailedTrial> failures(Plan plan, StoreWriter store) {
        List<RunOutcome.FailedTrial> failures = new ArrayList<>();
        for (StoredTrial trial : wanted(plan)) {
            for (int number = 0; number < trial.levels().size(); number++) {
                StoredLevel level = store.level(trial.levels().get(number));
                if (level.state() == LevelState.FAILED) {
                    failures.add(new RunOutcome.FailedTrial(
                            trial.id(), number, level.failure().orElseThrow()));
                    break;
                }
            }
        }
        return failures;
    }

    /** The levels of one run. */
    private final class Work {
        private final LevelWork levels;
        private final Plan plan;
        private final StoreWriter store;
        private final List<Task> tasks;
        private final AtomicInteger trained = new AtomicInteger();

        Work(LevelWork levels, StoreWriter store) {
            this.levels = levels;
            this.plan = levels.plan();
            this.store = store;
            Map<String, Integer> classes = new LinkedHashMap<>();
            Map<String, List<String>> names = new LinkedHashMap<>();
            levels.data().forEach((name, set) -> {
                classes.put(name, set.classes());
                names.put(name, set.details().classNames());
            });
            store.classes(levels.splits(), classes, names);
            // Levels that a wanted trial shares with others are among its own: parents are never missing.
            Set<String> keys = new HashSet<>();
            wanted(plan).forEach(trial -> keys.addAll(trial.levels()));
            this.tasks = plan.tasks().stream()
                    .filter(task -> keys.contains(task.key()))
                    .toList();
        }

        /** Whether the search was stopped before its end. */
        boolean run() {
            tellPlan();
            return !new JobQueue<>(tasks, Task::key, Task::parent, () -> stopping)
                    .run(request.jobs(), () -> this::train);
        }

        /** Warns about properties of the data or the plan that limit the results. */
        private void warn() {
            List<MissingClasses> missing = new ArrayList<>();
            levels.splits().forEach((name, parts) -> {
                DataSet set = Objects.requireNonNull(levels.data().get(name), name);
                for (Split split : List.of(parts.train(), parts.validation(), parts.test())) {
                    List<Integer> classes = split.missing(set.classes());
                    if (!classes.isEmpty()) {
                        missing.add(new MissingClasses(
                                name,
                                split.name(),
                                classes,
                                set.details().classNames().isEmpty()
                                        ? List.of()
                                        : classes.stream().map(set::className).toList(),
                                set.details().validation() > 0));
                    }
                }
            });
            missing.stream()
                    .filter(each -> each.validation() && Plan.keepsBest(request.experiment()))
                    .findFirst()
                    .ifPresent(each -> {
                        throw new UserException(each + "; robustness.weights: best-validation is refused");
                    });
            missing.stream()
                    .filter(each -> each.validation()
                            && request.experiment().training().keepWeights() != Experiment.KeptWeights.LAST)
                    .findFirst()
                    .ifPresent(each -> {
                        throw new UserException(each + "; training.keep-weights: "
                                + ExperimentFile.nameOf(
                                        request.experiment().training().keepWeights())
                                + " is refused");
                    });
            store.warn(missing);
            missing.forEach(each -> observer.warned("warning: " + each));
            plan.notes().forEach(note -> observer.warned("note: " + note));
        }

        private void tellPlan() {
            observer.planned(
                    wanted(plan).size(),
                    tasks.stream().map(Task::number).toList(),
                    tasks.stream()
                            .filter(task -> switch (store.level(task.key()).state()) {
                                case DONE, FAILED -> false;
                                case WAITING, BEGUN -> true;
                            })
                            .map(Task::number)
                            .toList());
        }

        private JobQueue.End train(Task task, BooleanSupplier stop) {
            boolean there = store.level(task.key()).state() == LevelState.DONE;
            JobQueue.End end = levels.train(task, store, observer, stop);
            if (end == JobQueue.End.DONE && !there) {
                trained.incrementAndGet();
            }
            return end;
        }
    }

    /** Origin of what a request computes on this machine. */
    static Provenance provenance(RunRequest request, Map<String, DataSet> data) {
        Map<String, String> digests = new LinkedHashMap<>();
        data.forEach((name, set) -> digests.put(name, set.digest()));
        return new Provenance(
                request.version(),
                Numerics.VERSION,
                System.getProperty("java.vendor") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Machine.processor(),
                Runtime.getRuntime().availableProcessors(),
                Engines.describe(request.kernels()),
                request.jobs(),
                request.experiment().seed(),
                digests,
                request.command(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
