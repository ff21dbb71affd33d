package org.espalier.lab.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.data.Splits;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.StoreLock;
import tools.jackson.databind.JsonNode;

/** Writes a search's directory, under its lock. Levels may be written by several threads, each level by one. */
public final class StoreWriter implements AutoCloseable {
    /** Files of a search's directory that are written whole by this class. */
    private static final Set<String> OURS =
            Set.of(Store.PROVENANCE, Store.EXPERIMENT, Store.INDEX, Store.WARNINGS, ClassCounts.FILE);

    private final Path directory;
    private final StoreLock lock;

    private StoreWriter(Path directory, StoreLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Opens a directory for a search, new or to be continued.
     *
     * @param trials all trials of the search
     * @throws UserException if another run holds it, it cannot be written, or it holds another search. A search may be
     *     continued by one that contains it: with more trials, levels, strategies, objectives or data sets
     */
    public static StoreWriter open(
            Path directory, Experiment experiment, List<StoredTrial> trials, Provenance provenance) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new UserException(directory + " cannot be written: it is a file, expected a directory");
        }
        AtomicFiles.makeDirectory(directory);
        try {
            if (!Files.exists(directory.resolve(StoreLock.FILE))) {
                // Not a search's directory. It is refused before the lock is made, so that no file of Espalier stays in
                // it.
                check(directory, experiment, trials, provenance);
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        }
        StoreLock lock = StoreLock.acquire(directory, "choose another directory with --out");
        try {
            check(directory, experiment, trials, provenance);
            deleteTemporaries(directory, OURS::contains);
            AtomicFiles.makeDirectory(directory.resolve(Store.LEVELS));
            List<Object> earlier = earlierRuns(directory.resolve(Store.PROVENANCE));
            AtomicFiles.write(directory.resolve(Store.PROVENANCE), provenanceText(provenance, earlier));
            AtomicFiles.write(
                    directory.resolve(Store.EXPERIMENT),
                    ExperimentFile.write(experiment).getBytes(StandardCharsets.UTF_8));
            AtomicFiles.write(directory.resolve(Store.INDEX), Index.encode(experiment, trials));
            return new StoreWriter(directory, lock);
        } catch (IOException e) {
            lock.close();
            throw AtomicFiles.unwritable(directory, e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Deletes half-written files of a crash.
     *
     * @param ours whether a file of this name is Espalier's; other files stay
     */
    static void deleteTemporaries(Path directory, Predicate<String> ours) throws IOException {
        for (Path file : Directories.list(directory)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(AtomicFiles.TEMPORARY)
                    && ours.test(AtomicFiles.withoutTemporary(name))
                    && AtomicFiles.leftBehind(name)) {
                Files.delete(file);
            }
        }
    }

    private static void check(Path directory, Experiment experiment, List<StoredTrial> trials, Provenance provenance)
            throws IOException {
        if (Files.exists(directory.resolve(Store.INDEX))) {
            checkContained(Store.read(directory), experiment, trials, provenance);
        } else if (!lostIndex(directory, experiment)) {
            checkEmpty(directory);
        }
    }

    /** Whether this is the directory of the same search, without its index: a damaged one was removed. */
    private static boolean lostIndex(Path directory, Experiment experiment) {
        Path file = directory.resolve(Store.EXPERIMENT);
        return Files.exists(file)
                && Files.isDirectory(directory.resolve(Store.LEVELS))
                && new String(AtomicFiles.read(file), StandardCharsets.UTF_8).equals(ExperimentFile.write(experiment));
    }

    private static void checkEmpty(Path directory) throws IOException {
        // Accepts only files of a run that stopped before its index was written. A run that started at the same time
        // may have written an index since; the lock decides between the two.
        for (Path file : Directories.list(directory)) {
            if (!Store.BEFORE_INDEX.contains(AtomicFiles.withoutTemporary(String.valueOf(file.getFileName())))) {
                throw new UserException(directory + " holds " + file.getFileName()
                        + ", which no search wrote: expected an empty directory or one of a search");
            }
        }
    }

    /**
     * Checks that a store holds nothing but trials of an experiment, as it must for the experiment to continue it.
     *
     * @param trials of the experiment
     * @throws UserException naming the difference
     */
    public static void checkContained(
            Store old, Experiment experiment, List<StoredTrial> trials, Provenance provenance) {
        Map<TrialId, List<String>> planned = new LinkedHashMap<>();
        trials.forEach(trial -> planned.put(trial.id(), trial.levels()));
        for (StoredTrial trial : old.trials()) {
            List<String> levels = planned.getOrDefault(trial.id(), List.of());
            if (!levels.isEmpty()
                    && levels.size()
                            < Math.min(
                                    trial.levels().size(),
                                    1 + experiment.pruning().levels())
                    && trial.levels().subList(0, levels.size()).equals(levels)) {
                throw new UserException(old.directory() + " holds levels from " + levels.size() + " on of " + trial.id()
                        + " that prune nothing more and are not trained any longer; choose another directory with"
                        + " --out");
            }
            if (levels.size() < trial.levels().size()
                    || !levels.subList(0, trial.levels().size()).equals(trial.levels())) {
                throw new UserException(old.directory() + " holds another search: "
                        + difference(old, experiment, provenance)
                        + "; choose another directory with --out, or add to this search, not change it");
            }
        }
    }

    /**
     * Checks that a store was planned as it is planned here: by the same numerics, from the same data.
     *
     * @throws UserException naming the difference
     */
    public static void checkPlanned(
            Store store, Experiment experiment, List<StoredTrial> trials, Provenance provenance) {
        if (!store.trials().equals(trials)) {
            throw new UserException(store.directory() + " was planned elsewhere with other levels: "
                    + difference(store, experiment, provenance)
                    + "; expected the same data and the same version of Espalier on all machines");
        }
    }

    private static String difference(Store old, Experiment experiment, Provenance provenance) {
        Provenance before = old.provenance();
        if (before.numerics() != provenance.numerics()) {
            return "its results come from numerics version " + before.numerics() + ", this program's are version "
                    + provenance.numerics();
        }
        for (Map.Entry<String, String> data : before.data().entrySet()) {
            String now = provenance.data().get(data.getKey());
            if (now != null && !now.equals(data.getValue())) {
                return "data set " + data.getKey() + " had SHA-256 " + data.getValue() + " there and has " + now
                        + " here";
            }
        }
        return difference("", ExperimentFile.tree(old.experiment()), ExperimentFile.tree(experiment))
                .orElse(
                        // The one change so far that neither a setting nor a numerics version shows.
                        experiment.objectives().stream()
                                        .anyMatch(objective -> objective.bound().isPresent())
                                ? "its levels that train on bounds may lack the worst cases that are measured now"
                                : "its trials are others");
    }

    /** The first setting that differs between two experiments, in words. */
    private static Optional<String> difference(String path, Map<?, ?> there, Map<?, ?> here) {
        for (Map.Entry<?, ?> entry : there.entrySet()) {
            String name = path + entry.getKey();
            Object now = here.get(entry.getKey());
            boolean irrelevant = path.isEmpty() && List.of("name", "report").contains(name);
            if (irrelevant || entry.getValue().equals(now)) {
                continue;
            }
            if (entry.getValue() instanceof Map<?, ?> mapThere && now instanceof Map<?, ?> mapHere) {
                Optional<String> inner = difference(name + ".", mapThere, mapHere);
                if (inner.isPresent()) {
                    return inner;
                }
                continue;
            }
            return Optional.of(name + " is " + Json.write(entry.getValue()) + " there and "
                    + (now == null ? "absent" : Json.write(now)) + " here");
        }
        for (Map.Entry<?, ?> entry : here.entrySet()) {
            if (!there.containsKey(entry.getKey())) {
                return Optional.of(
                        path + entry.getKey() + " is absent there and " + Json.write(entry.getValue()) + " here");
            }
        }
        return Optional.empty();
    }

    /** The runs in the file; none if it is missing or damaged, because results do not depend on it. */
    private static List<Object> earlierRuns(Path file) {
        List<Object> runs = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                JsonNode before = Json.parse(AtomicFiles.read(file), file.toString());
                // An older file describes one run.
                for (JsonNode run : before.has("runs") ? before.path("runs") : List.of(before)) {
                    runs.add(earlierRun(run, file.toString()));
                }
            }
        } catch (UserException e) {
            return runs;
        }
        return runs;
    }

    private static Map<String, Object> earlierRun(JsonNode run, String source) {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (String name : List.of("version", "java", "system", "processor", "engine", "started")) {
            copy.put(name, Json.string(run, name, source));
        }
        for (String name : List.of("processors", "jobs")) {
            copy.put(name, Json.whole(run, name, source));
        }
        copy.put("command", Json.strings(run, "command", source));
        return copy;
    }

    private static Map<String, Object> thisRun(Provenance provenance) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("version", provenance.version());
        run.put("java", provenance.java());
        run.put("system", provenance.system());
        run.put("processor", provenance.processor());
        run.put("engine", provenance.engine());
        run.put("started", provenance.started());
        run.put("processors", provenance.processors());
        run.put("jobs", provenance.jobs());
        run.put("command", provenance.command());
        return run;
    }

    private static byte[] provenanceText(Provenance provenance, List<Object> earlier) {
        List<Object> runs = new ArrayList<>(earlier);
        runs.add(thisRun(provenance));
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", provenance.version());
        file.put("numerics", provenance.numerics());
        file.put("java", provenance.java());
        file.put("system", provenance.system());
        file.put("processor", provenance.processor());
        file.put("processors", provenance.processors());
        file.put("engine", provenance.engine());
        file.put("jobs", provenance.jobs());
        file.put("seed", provenance.seed());
        file.put("data", provenance.data());
        file.put("command", provenance.command());
        file.put("started", provenance.started());
        file.put("runs", runs);
        return (Json.write(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Records the splits that lack classes, in a file that exists only if there are some. */
    public void warn(List<MissingClasses> missing) {
        Path file = directory.resolve(Store.WARNINGS);
        if (missing.isEmpty()) {
            AtomicFiles.delete(file);
            return;
        }
        List<Object> list = new ArrayList<>();
        for (MissingClasses each : missing) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dataset", each.dataset());
            entry.put("split", each.split());
            entry.put("classes", each.classes());
            if (!each.names().isEmpty()) {
                entry.put("names", each.names());
            }
            if (each.own()) {
                entry.put("own-validation", true);
            }
            list.add(entry);
        }
        AtomicFiles.write(file, (Json.write(Map.of("missing-classes", list)) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The key of what determines a level. */
    public static String key(Map<String, Object> determinedBy) {
        return Digests.sha256(Json.canonical(determinedBy).getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a level that may be stored. */
    public StoredLevel level(String key) {
        return new StoredLevel(levelDirectory(key), key);
    }

    /**
     * Stores the number of images of each class in the measured splits and the classes' names, see {@link Store#chance} and {@link
     * Store#classNames}.
     *
     * @param splits measured splits by data set
     * @param classes number of classes by data set
     * @param names of the classes by data set; empty lists where they have none
     */
    public void classes(Map<String, Splits> splits, Map<String, Integer> classes, Map<String, List<String>> names) {
        ClassCounts.write(directory, splits, classes, names);
    }

    /** Writes a level; to be closed. */
    public LevelWriter write(String key) {
        return new LevelWriter(levelDirectory(key), key);
    }

    private Path levelDirectory(String key) {
        return directory.resolve(Store.LEVELS).resolve(key);
    }

    /** Records time spent. A line that cannot be written is dropped, because results do not depend on it. */
    public synchronized void note(Timing timing) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", timing.time());
        line.put("pid", timing.process());
        line.put("level", timing.level());
        line.put("event", timing.event());
        line.put("iteration", timing.iteration());
        line.put("of", timing.of());
        line.put("training-seconds", milliseconds(timing.trainingSeconds()));
        line.put("evaluation-seconds", milliseconds(timing.evaluationSeconds()));
        try {
            Files.writeString(
                    directory.resolve(Store.TIMINGS),
                    Json.write(line) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            // The lines above state the fault.
        }
    }

    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    @Override
    public void close() {
        lock.close();
    }
}
