package org.espalier.lab.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.espalier.evaluate.Chance;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.StoreLock;
import tools.jackson.databind.JsonNode;

/** A search's directory, read-only: see docs/reference/store.md. May be read while a search is writing it. */
public final class Store {
    public static final String EXPERIMENT = "experiment.yaml";
    static final String PROVENANCE = "provenance.json";
    public static final String INDEX = "index.json";
    public static final String TIMINGS = "timings.jsonl";
    public static final String LEVELS = "levels";
    static final String WARNINGS = "warnings.json";
    static final int FORMAT = 1;

    /** What a directory may hold before its index is written: what a search that stopped early or a copy of levels left. */
    public static final Set<String> BEFORE_INDEX = Set.of(StoreLock.FILE, INDEX, PROVENANCE, EXPERIMENT, LEVELS);

    private static final int REREADS = 3;
    private static final long REREAD_MILLIS = 100;

    private final Path directory;
    private final Experiment experiment;
    private final Index index;

    private Store(Path directory, Experiment experiment, Index index) {
        this.directory = directory;
        this.experiment = experiment;
        this.index = index;
    }

    /**
     * Opens a directory that a search has written or is writing.
     *
     * @throws UserException if it is none, or damaged
     */
    public static Store open(Path directory) {
        Path index = directory.resolve(INDEX);
        if (!Files.exists(index)) {
            throw new UserException(directory + (Files.isDirectory(directory) ? " has no " + INDEX : " is no directory")
                    + ": expected one that \"espalier run\" has written");
        }
        Store store = read(directory);
        Optional<String> problem = store.index.problem(store.experiment);
        // A search that is being extended writes its experiment and its index one after the other.
        for (int again = 0; again < REREADS && problem.isPresent(); again++) {
            pause();
            store = read(directory);
            problem = store.index.problem(store.experiment);
        }
        problem.ifPresent(sentence -> {
            throw new UserException(
                    index + " is damaged: " + sentence + "; run the search again to have it written anew");
        });
        return store;
    }

    /** A directory whose index may be of fewer trials or levels than its experiment: a run that extends it was killed. */
    static Store read(Path directory) {
        Path file = directory.resolve(EXPERIMENT);
        String text = new String(AtomicFiles.read(file), StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new UserException(file + " is damaged: it is empty, expected the experiment of the search in " + INDEX
                    + "; put back a copy of it");
        }
        return new Store(directory, ExperimentFile.parse(text, file.toString()), index(directory.resolve(INDEX)));
    }

    private static Index index(Path file) {
        byte[] content = AtomicFiles.read(file);
        try {
            return Index.parse(content, file.toString());
        } catch (UserException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.startsWith(file + " is damaged")) {
                throw e;
            }
            throw new UserException(
                    reason + "; remove it and run the search again in this directory to have it written anew", e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(REREAD_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public Path directory() {
        return directory;
    }

    /** The experiment, fully resolved. */
    public Experiment experiment() {
        return experiment;
    }

    /** All trials, computed yet or not, in the experiment's order. */
    public List<StoredTrial> trials() {
        return index.trials();
    }

    /** Keys of all levels, computed yet or not, each once, in the experiment's order. */
    public List<String> keys() {
        return trials().stream()
                .flatMap(trial -> trial.levels().stream())
                .distinct()
                .toList();
    }

    /** Keys of the levels that are trained now, each once, in the experiment's order. */
    public List<String> trained() {
        return keys().stream()
                .filter(key -> level(key).state() == LevelState.DONE)
                .toList();
    }

    /** The level of a key. */
    public StoredLevel level(String key) {
        return new StoredLevel(directory.resolve(LEVELS).resolve(key), key);
    }

    /** A trial's levels, the dense one first. */
    public List<StoredLevel> levels(StoredTrial trial) {
        return trial.levels().stream().map(this::level).toList();
    }

    /** The faults of finished levels, a sentence with the remedy each; every level is read once. */
    public List<String> damage() {
        return keys().parallelStream()
                .flatMap(key -> level(key).damage().stream())
                .toList();
    }

    /**
     * Chance on the measured images of a split; empty for a store without counts.
     *
     * @param split {@code test} or {@code validation}
     */
    public Optional<Chance> chance(String dataset, String split) {
        return ClassCounts.chance(directory, dataset, split);
    }

    /** Names of a data set's classes as the search saw them; empty where they have none, or the store is of an older version. */
    public List<String> classNames(String dataset) {
        return ClassCounts.names(directory, dataset);
    }

    /** The process number of the run that is working on this store now; empty if none is. */
    public Optional<Long> running() {
        return StoreLock.holder(directory);
    }

    /** Splits of the data that lack classes, as the last run found them; none in most searches. */
    public List<MissingClasses> missingClasses() {
        Path file = directory.resolve(WARNINGS);
        List<MissingClasses> missing = new ArrayList<>();
        if (Files.exists(file)) {
            String source = file.toString();
            JsonNode warnings = Json.parse(AtomicFiles.read(file), source);
            for (JsonNode each : Json.list(warnings, "missing-classes", source)) {
                missing.add(new MissingClasses(
                        Json.string(each, "dataset", source),
                        Json.string(each, "split", source),
                        Arrays.stream(Json.wholes(each, "classes", source))
                                .boxed()
                                .toList(),
                        each.has("names") ? Json.strings(each, "names", source) : List.of(),
                        each.path("own-validation").asBoolean(false)));
            }
        }
        return missing;
    }

    /** Origin of the content. */
    public Provenance provenance() {
        Path file = directory.resolve(PROVENANCE);
        String source = file.toString();
        JsonNode json = Json.parse(AtomicFiles.read(file), source);
        return new Provenance(
                Json.string(json, "version", source),
                Json.whole(json, "numerics", source),
                Json.string(json, "java", source),
                Json.string(json, "system", source),
                Json.string(json, "processor", source),
                Json.whole(json, "processors", source),
                Json.string(json, "engine", source),
                Json.whole(json, "jobs", source),
                Json.wide(json, "seed", source),
                Json.texts(json, "data", source),
                Json.strings(json, "command", source),
                Json.string(json, "started", source));
    }

    /** Times spent so far, in order. Incomplete lines are skipped: they come from a crash. */
    public List<Timing> timings() {
        List<Timing> timings = new ArrayList<>();
        Path file = directory.resolve(TIMINGS);
        // Not Files.lines, which refuses the whole file if one byte is not UTF-8. This replaces the byte.
        try (var lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            lines.lines().forEach(text -> Timing.read(text).ifPresent(timings::add));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
        return timings;
    }

    /**
     * One digest of all trained levels: SHA-256 of the lines {@code KEY DIGEST} of all finished levels by key, with the digest of
     * {@code done.json}. Whoever trains the same levels again gets the same digest: times, machines and directories do not
     * enter it, nor do evaluations and certificates, which name the digests of the networks that they are of.
     */
    public String digest() {
        var lines = new StringBuilder();
        trained().stream()
                .sorted()
                .forEach(key -> lines.append(key)
                        .append(' ')
                        .append(AtomicFiles.digest(level(key).directory().resolve(StoredLevel.DONE)))
                        .append('\n'));
        return Digests.sha256(lines.toString());
    }
}
