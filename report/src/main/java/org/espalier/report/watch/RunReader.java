package org.espalier.report.watch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntToDoubleFunction;
import org.espalier.UserException;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.Json;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.Timing;
import org.espalier.report.status.AtWork;
import org.espalier.report.status.SearchStatus;
import org.espalier.report.status.TimeSpent;
import org.jspecify.annotations.Nullable;

/**
 * One search's directory, as it grows: keeps account of it and tells what changed as pieces of JSON. What is read once is
 * not read again. The directory need not be there yet, and may be emptied, cut back or damaged meanwhile.
 */
final class RunReader {
    /** A directory's time of change may be too coarse to tell of what came right after it was listed. */
    private static final Duration COARSE = Duration.ofSeconds(2);

    /** How often it is judged whether a silent search has stalled, and read which levels workers hold. */
    private static final Duration HEADER = Duration.ofSeconds(5);

    private final String id;
    private final Path directory;
    private final Path shownAs;

    private @Nullable Search search;
    private List<@Nullable Stamp> stamps = List.of();
    private Optional<String> problem = Optional.empty();

    /** A file's look from outside. */
    private record Stamp(
            long size, FileTime modified, @Nullable Object file) {
        static @Nullable Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
            } catch (IOException e) {
                return null;
            }
        }
    }

    /** What is known of a directory that holds a search. */
    private static final class Search {
        private final Store store;
        private final Map<String, LevelReader> levels = new LinkedHashMap<>();
        private final Map<String, Integer> index = new HashMap<>();
        private final Map<String, Integer> lengths = new HashMap<>(); // updates of a level
        private final Map<String, String> firstTrials = new HashMap<>();
        private final LineTail timings;
        private final StallDetector stalls;
        private TimeSpent spent = new TimeSpent();
        private Set<String> directories = Set.of();
        private @Nullable FileTime listed;
        private AtWork atWork = new AtWork(Optional.empty(), Set.of());
        private int unread;
        private Instant header = Instant.MIN;
        private Instant leasesDue = Instant.MIN;

        Search(Store store, Path directory) {
            this.store = store;
            this.timings = new LineTail(directory.resolve(Store.TIMINGS));
            this.stalls = new StallDetector();
            Experiment experiment = store.experiment();
            for (StoredTrial trial : store.trials()) {
                List<LevelReader.Pair> pairs = experiment.objectives().stream()
                        .filter(o -> o.name().equals(trial.id().objective()))
                        .flatMap(o -> LevelReader.Pair.of(experiment, o).stream())
                        .toList();
                for (int number = 0; number < trial.levels().size(); number++) {
                    String key = trial.levels().get(number);
                    if (!levels.containsKey(key)) {
                        index.put(key, index.size());
                        lengths.put(
                                key,
                                ExperimentTranslator.iterations(
                                        experiment, number, trial.levels().size() - 1));
                        firstTrials.put(key, trial.id().toString());
                        levels.put(
                                key,
                                new LevelReader(
                                        store.level(key),
                                        number,
                                        split(experiment),
                                        pairs,
                                        experiment.bounds().keySet()));
                    }
                }
            }
        }
    }

    /**
     * A reader that has read nothing.
     *
     * @param id starts the names of its pieces, with a slash behind
     * @param shownAs the directory's name on the page
     */
    RunReader(String id, Path directory, Path shownAs) {
        this.id = id;
        this.directory = directory;
        this.shownAs = shownAs;
    }

    String id() {
        return id;
    }

    /** Who watches may stop a run for what is shown, so it is the split that may be selected on, if measured. */
    private static String split(Experiment experiment) {
        return experiment.evaluation().splits().contains(Experiment.EvaluationSplit.VALIDATION) ? "validation" : "test";
    }

    /**
     * What a reading found.
     *
     * @param set pieces that may have changed, by name
     * @param all whether these are all there are, and others of this run are no more
     * @param more whether there is more to read at once
     */
    record Found(Map<String, String> set, boolean all, boolean more) {}

    /**
     * Reads what is new.
     *
     * @param enough asked again and again; once it says so, the rest is left for the next time
     */
    Found poll(Instant now, BooleanSupplier enough) {
        boolean all = open();
        var set = new LinkedHashMap<String, String>();
        boolean more = false;
        Search known = search;
        if (known == null) {
            set.put(id + "/run", Json.write(missing()));
            return new Found(set, true, false);
        }
        known.atWork = new AtWork(known.store.running(), known.atWork.held());
        Set<String> touched = new HashSet<>();
        boolean otherRun = known.stalls.process(known.atWork.process(), directory);
        if (otherRun) {
            // Levels in work are others now.
            known.levels.values().stream()
                    .filter(level -> level.state() == LevelState.BEGUN)
                    .forEach(level -> touched.add(level.key()));
        }
        Optional<String> before = problem;
        try {
            more = readTimings(known, touched, enough);
            more |= readLevels(known, touched, now, enough);
            readLeases(known, touched, now, more);
            problem = Optional.empty();
        } catch (UserException e) {
            problem = Optional.of(e.getMessage());
        }
        if (all) {
            set.put(id + "/plan", Json.write(plan(known)));
        }
        known.levels.forEach((key, level) -> {
            boolean waiting = known.atWork.state(key, level.state()) == LevelState.WAITING;
            if ((all || touched.contains(key)) && !waiting) {
                set.put(
                        id + "/" + known.index.get(key),
                        Json.write(level.shown(known.spent, known.lengths.getOrDefault(key, 1), known.atWork)));
            } else if (touched.contains(key)) {
                set.put(id + "/" + known.index.get(key), "{\"n\":" + level.number() + ",\"s\":\"waiting\"}");
            }
        });
        if (all || otherRun || more || !touched.isEmpty() || !problem.equals(before) || now.isAfter(known.header)) {
            known.header = now.plus(HEADER);
            set.put(id + "/run", Json.write(header(known, now)));
        }
        return new Found(set, all, more);
    }

    /** Opens the store if it is there or has changed. Returns whether all that was known is void. */
    private boolean open() {
        List<@Nullable Stamp> now = new ArrayList<>();
        now.add(Stamp.of(directory.resolve(Store.INDEX)));
        now.add(Stamp.of(directory.resolve(Store.EXPERIMENT)));
        Search known = search;
        if (known != null && now.equals(stamps)) {
            return false;
        }
        try {
            Store store = Store.open(directory);
            stamps = now;
            if (known != null
                    && known.store.trials().equals(store.trials())
                    && known.store.experiment().equals(store.experiment())) {
                // A run that goes on writes them again, and so does one that begins anew after all was deleted.
                known.levels.values().forEach(LevelReader::recheck);
                return false;
            }
            search = new Search(store, directory);
            problem = Optional.empty();
        } catch (UserException e) {
            problem = Optional.of(e.getMessage());
            search = null;
        }
        return true;
    }

    private static boolean readTimings(Search search, Set<String> touched, BooleanSupplier enough) {
        while (true) {
            LineTail.News news = search.timings.read();
            if (news.restarted()) {
                search.spent = new TimeSpent();
                touched.addAll(search.levels.keySet());
            }
            for (String line : news.lines()) {
                Timing.read(line).ifPresent(timing -> {
                    search.spent.add(timing);
                    search.stalls.record(timing);
                    touched.add(timing.level());
                });
            }
            if (!news.more() || enough.getAsBoolean()) {
                return news.more();
            }
        }
    }

    private boolean readLevels(Search search, Set<String> touched, Instant now, BooleanSupplier enough) {
        list(search, now);
        int unread = 0;
        for (LevelReader level : search.levels.values()) {
            if (!search.directories.contains(level.key())) {
                if (level.state() != LevelState.WAITING) {
                    level.reset();
                    touched.add(level.key());
                }
            } else if (!level.settled()) {
                if (enough.getAsBoolean()) {
                    unread++;
                } else if (level.poll()) {
                    touched.add(level.key());
                }
            }
        }
        search.unread = unread;
        return unread > 0;
    }

    /**
     * Reads which levels workers hold: from time to time, and when something has changed and nobody seems to be at work, as
     * when a lone worker goes on with its next level.
     */
    private static void readLeases(Search search, Set<String> touched, Instant now, boolean more) {
        boolean doubtful = !more
                && !touched.isEmpty()
                && search.levels.values().stream()
                        .noneMatch(level -> search.atWork.inWork(level.key(), level.state(), search.spent));
        if (!doubtful && !now.isAfter(search.leasesDue)) {
            return;
        }
        Set<String> before = search.atWork.held();
        Set<String> leased = AtWork.leased(search.store);
        search.atWork = new AtWork(search.atWork.process(), leased);
        search.leasesDue = now.plus(HEADER);
        search.levels.keySet().stream()
                .filter(key -> before.contains(key) != leased.contains(key))
                .forEach(touched::add);
    }

    private void list(Search search, Instant now) {
        Path levels = directory.resolve(Store.LEVELS);
        try {
            FileTime modified = Files.getLastModifiedTime(levels);
            if (modified.equals(search.listed)) {
                return;
            }
            var found = new HashSet<String>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(levels)) {
                stream.forEach(path -> found.add(String.valueOf(path.getFileName())));
            }
            search.directories = found;
            search.listed = modified.toInstant().plus(COARSE).isBefore(now) ? modified : null;
        } catch (IOException | DirectoryIteratorException e) {
            search.directories = Set.of();
            search.listed = null;
        }
    }

    private Map<String, Object> missing() {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("name", String.valueOf(shownAs));
        shown.put("directory", directory.toAbsolutePath().normalize().toString());
        boolean there = Files.isDirectory(directory);
        boolean started = there && Files.exists(directory.resolve(Store.INDEX));
        shown.put("state", started ? "damaged" : there ? "empty" : "missing");
        problem.ifPresent(sentence -> shown.put("problem", sentence));
        return shown;
    }

    private Map<String, Object> plan(Search search) {
        var trials = new ArrayList<Object>();
        for (StoredTrial stored : search.store.trials()) {
            var trial = new LinkedHashMap<String, Object>();
            trial.put("dataset", stored.id().dataset());
            trial.put("objective", stored.id().objective());
            trial.put("strategy", stored.id().strategy());
            trial.put("trial", stored.id().trial());
            trial.put(
                    "levels",
                    stored.levels().stream()
                            .map(key -> (Object) search.index.getOrDefault(key, -1))
                            .toList());
            trials.add(trial);
        }
        var plan = new LinkedHashMap<String, Object>();
        plan.put("trials", trials);
        return plan;
    }

    private Map<String, Object> header(Search search, Instant now) {
        Experiment experiment = search.store.experiment();
        IntToDoubleFunction densities = SearchStatus.densities(search.store);
        SearchStatus status = SearchStatus.of(
                experiment,
                search.store.trials(),
                key -> search.levels.get(key) instanceof LevelReader level ? level.state() : LevelState.WAITING,
                search.spent,
                search.atWork,
                densities);
        var shown = new LinkedHashMap<String, Object>();
        shown.put("name", experiment.name());
        shown.put("directory", directory.toAbsolutePath().normalize().toString());
        shown.put("state", state(search, status));
        search.atWork.process().ifPresent(process -> shown.put("process", process));
        problem.ifPresent(sentence -> shown.put("problem", sentence));
        shown.put("split", split(experiment));
        experiment.evaluation().images().ifPresent(images -> shown.put("images", images));
        if (experiment.evaluation().accuracy() == AttackedAccuracy.WORST_CASE) {
            shown.put("worstCase", true);
        }
        var attacks = new ArrayList<Object>();
        attacks.add("none");
        attacks.addAll(experiment.evaluation().attacks());
        // Those that objectives train on; the others have been left out.
        attacks.addAll(experiment.bounds().keySet());
        shown.put("attacks", attacks);
        int longest = search.store.trials().stream()
                .mapToInt(trial -> trial.levels().size())
                .max()
                .orElse(1);
        shown.put("sparsest", densities.applyAsDouble(longest - 1));
        shown.put("done", status.done());
        shown.put("begun", status.begun());
        shown.put("work", status.inWork());
        shown.put("waiting", status.waiting());
        shown.put("diverged", status.diverged());
        shown.put("dropped", status.dropped());
        shown.put("spent", status.spent().toMillis());
        status.left().ifPresent(left -> shown.put("left", left.toMillis()));
        status.leftOnTheClock().ifPresent(left -> shown.put("leftOnTheClock", left.toMillis()));
        search.stalls.last().ifPresent(last -> shown.put("last", last.toEpochMilli()));
        if (search.unread > 0) {
            shown.put("unread", search.unread);
        }
        shown.put("warnings", warnings(search, now));
        return shown;
    }

    private static String state(Search search, SearchStatus status) {
        if (status.running()) {
            return "running";
        } else if (status.begun() + status.waiting() == 0) {
            return status.diverged() > 0 ? "ended" : "done";
        }
        boolean vanished = search.levels.values().stream()
                .anyMatch(level -> level.state() == LevelState.BEGUN && !search.spent.endedInOrder(level.key()));
        return vanished ? "vanished" : "stopped";
    }

    private List<Object> warnings(Search search, Instant now) {
        var warnings = new ArrayList<Object>();
        search.stalls
                .stalledSince(now)
                .ifPresent(since -> warnings.add(Map.of("kind", "stalled", "since", since.toEpochMilli())));
        var grouped = new LinkedHashMap<String, Group>();
        for (LevelReader level : search.levels.values()) {
            level.failure().ifPresent(failure -> group(grouped, search, level, "diverged", failure.reason()));
            if (level.failure().isEmpty()) {
                level.notFinite()
                        .ifPresent(point -> group(
                                grouped,
                                search,
                                level,
                                "not-finite",
                                "the loss on " + point.split() + " images is not a finite number at iteration "
                                        + point.iteration()));
            }
            level.overfitting().ifPresent(text -> group(grouped, search, level, "overfitting", text));
            level.damage().ifPresent(text -> group(grouped, search, level, "damaged", text));
        }
        for (StoredTrial trial : search.store.trials()) {
            gap(search, trial)
                    .ifPresent(level -> group(
                            grouped, search, level, "gap", "its directory is not there, though a later level's is"));
        }
        grouped.values().forEach(group -> warnings.add(group.shown()));
        return warnings;
    }

    /** Warnings of one kind about one objective on one data set: a search has thousands of levels, a page few lines. */
    private static final class Group {
        private final String kind;
        private final String first;
        private int levels;

        Group(String kind, String first) {
            this.kind = kind;
            this.first = first;
        }

        Map<String, Object> shown() {
            var shown = new LinkedHashMap<String, Object>();
            shown.put("kind", kind);
            shown.put("text", first);
            shown.put("levels", levels);
            return shown;
        }
    }

    private static void group(Map<String, Group> groups, Search search, LevelReader level, String kind, String text) {
        String trial = search.firstTrials.getOrDefault(level.key(), "");
        String cell = trial.split(" ", 3).length == 3 ? trial.split(" ", 3)[0] + " " + trial.split(" ", 3)[1] : trial;
        groups.computeIfAbsent(
                        kind + " " + cell, _ -> new Group(kind, trial + ", level " + level.number() + ": " + text))
                .levels++;
    }

    /** A level that is not there although a later one of its trial is. */
    private static Optional<LevelReader> gap(Search search, StoredTrial trial) {
        Optional<LevelReader> gap = Optional.empty();
        for (String key : trial.levels()) {
            LevelReader level = search.levels.get(key);
            if (level == null) {
                continue;
            }
            if (level.state() == LevelState.WAITING && gap.isEmpty() && !search.directories.contains(key)) {
                gap = Optional.of(level);
            } else if (gap.isPresent() && level.state() != LevelState.WAITING) {
                return gap;
            }
        }
        return Optional.empty();
    }
}
