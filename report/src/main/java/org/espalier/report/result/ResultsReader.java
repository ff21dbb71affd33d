package org.espalier.report.result;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.Chance;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ValidationMixture;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.MissingClasses;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.report.notation.Numbers;

/** Reads what a report shows from a store, which may be unfinished, or growing meanwhile. */
public final class ResultsReader {
    private final Store store;
    private final Experiment experiment;
    private final List<MissingClasses> missing;

    /** Levels that strategies share are read once. */
    private final Map<String, Read> levels = new HashMap<>();

    private final List<String> problems = new ArrayList<>();

    /** Levels of which a problem or that they are missing is told already. */
    private final Set<String> told = new HashSet<>();

    /** Few names stand in very many measurements. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    private record Read(
            List<Point> points,
            Series.State state,
            Optional<StoredLevel.Counts> counts,
            Optional<Architecture> architecture,
            Optional<String> problem) {
        /** A level that shows nothing. */
        static Read nothing(Optional<String> problem) {
            return new Read(List.of(), Series.State.RUNNING, Optional.empty(), Optional.empty(), problem);
        }
    }

    /** What a cell is of. */
    private record Key(String dataset, String objective) {}

    private ResultsReader(Store store) {
        this.store = store;
        this.experiment = store.experiment();
        this.missing = missing(store, problems);
    }

    /** Everything measured so far. Levels that are damaged are left out, and {@link Results#problems} names them. */
    public static Results read(Store store) {
        return new ResultsReader(store).results();
    }

    private Results results() {
        var trialsByCell = new LinkedHashMap<Key, List<StoredTrial>>();
        for (StoredTrial trial : store.trials()) {
            trialsByCell
                    .computeIfAbsent(new Key(trial.id().dataset(), trial.id().objective()), _ -> new ArrayList<>())
                    .add(trial);
        }
        // On all cores: a whole grid has a million measurements.
        levels.putAll(store.keys().parallelStream().collect(Collectors.toMap(key -> key, this::level)));
        var cells = new ArrayList<Cell>();
        trialsByCell.forEach((key, trials) -> cells.add(cell(key, trials)));
        return new Results(
                experiment.name(),
                experiment.evaluation().images(),
                cells,
                problems,
                missing.stream().map(MissingClasses::toString).toList());
    }

    private Cell cell(Key key, List<StoredTrial> trials) {
        var series = new ArrayList<Series>();
        var strategies = new LinkedHashMap<String, Integer>();
        List<Double> planned = List.of();
        OptionalInt classes = OptionalInt.empty();
        Map<String, Integer> repeats = new LinkedHashMap<>();
        for (StoredTrial trial : trials) {
            List<Integer> before = List.of();
            problems.addAll(gaps(trial));
            strategies.merge(trial.id().strategy(), trial.levels().size(), Math::max);
            for (int level = 0; level < trial.levels().size(); level++) {
                String stored = trial.levels().get(level);
                Read read = Objects.requireNonNull(levels.get(stored));
                read.problem().filter(_ -> told.add(stored)).ifPresent(problems::add);
                if (read.counts().isEmpty()) {
                    before = List.of();
                    continue;
                }
                StoredLevel.Counts counts = read.counts().get();
                if (counts.surviving().equals(before)) {
                    repeats.merge(trial.id().strategy(), level, Math::min);
                }
                before = counts.surviving();
                if (planned.isEmpty() && read.architecture().isPresent()) {
                    Architecture architecture = read.architecture().get();
                    planned = plannedDensities(architecture, trials);
                    classes = OptionalInt.of(architecture.classes());
                }
                series.add(new Series(
                        trial.id().strategy(),
                        trial.id().trial(),
                        level,
                        counts.density(),
                        read.state(),
                        read.points()));
            }
        }
        if (experiment.training().mask().isPresent() && !series.isEmpty()) {
            // A rule makes the mask in training: pruning plans nothing, and the network that a level gives says its
            // density.
            planned = List.of(
                    series.stream().mapToDouble(Series::density).average().orElseThrow());
        }
        var notes = new ArrayList<String>();
        repeats.forEach((strategy, level) -> {
            int all = strategies.getOrDefault(strategy, level);
            strategies.put(strategy, level);
            notes.add(strategy + ": pruning removes no weight "
                    + (all - level == 1
                            ? "at level " + level + ", which is"
                            : "at levels " + level + " to " + (all - 1) + ", which are")
                    + " left out of tables and tests");
        });
        Experiment.Objective objective = objective(key.objective());
        Optional<String> noStop = noStop(key.dataset());
        Optional<Cell.Bound> bound = bound(objective, series);
        radii(bound).ifPresent(notes::add);
        return new Cell(
                key.dataset(),
                key.objective(),
                new Cell.Training(
                        objective.attack(),
                        objective.bound(),
                        experiment.training().iterations()),
                noStop.isPresent() ? Optional.empty() : selection(objective, bound),
                experiment.report().iteration(),
                strategies.entrySet().stream()
                        .map(e -> new Cell.Strategy(e.getKey(), e.getValue()))
                        .toList(),
                experiment.evaluation().attacks(),
                bound,
                experiment.evaluation().accuracy(),
                experiment.trials(),
                planned,
                classes,
                chance(key.dataset(), classes),
                series,
                noStop,
                notes);
    }

    /**
     * The radius of each attack and of the bound, where they are not all equal: accuracy under an attack may then lie below what a
     * bound shows, or above that under a weaker attack.
     */
    private Optional<String> radii(Optional<Cell.Bound> bound) {
        Map<String, String> balls = new LinkedHashMap<>();
        for (String attack : experiment.evaluation().attacks()) {
            ThreatModel threat = experiment.attack(attack).threat();
            balls.put(
                    attack,
                    (threat.norm() == Norm.LINF ? "" : threat.norm() + " ") + "epsilon "
                            + Numbers.radius(threat.epsilon()));
        }
        bound.ifPresent(of -> balls.put(of.name(), "epsilon " + Numbers.radius(of.epsilon())));
        return balls.values().stream().distinct().count() < 2
                ? Optional.empty()
                : Optional.of(balls.entrySet().stream()
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining("; ", "columns are of different balls: ", "")));
    }

    /** Why validation images of a data set can choose nothing: they lack classes. */
    private Optional<String> noStop(String dataset) {
        return missing.stream()
                .filter(each -> each.validation() && each.dataset().equals(dataset))
                .map(MissingClasses::toString)
                .findFirst();
    }

    private static List<MissingClasses> missing(Store store, List<String> problems) {
        try {
            return store.missingClasses();
        } catch (UserException e) {
            problems.add(e.getMessage());
            return List.of();
        }
    }

    /** Of test images; a store of an older version does not say, and its classes are taken for equally frequent. */
    private Optional<Chance> chance(String dataset, OptionalInt classes) {
        try {
            return store.chance(dataset, Point.TEST)
                    .or(() -> classes.isPresent() ? Optional.of(Chance.ofEqual(classes.getAsInt())) : Optional.empty());
        } catch (UserException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** What is not there of a trial although a later level is: levels are made one after the other. Told of once. */
    private List<String> gaps(StoredTrial trial) {
        List<String> lines = new ArrayList<>();
        List<String> keys = trial.levels();
        int last = keys.size() - 1;
        while (last >= 0 && store.level(keys.get(last)).state() == LevelState.WAITING) {
            last--;
        }
        for (int level = 0; level < last; level++) {
            StoredLevel lost = store.level(keys.get(level));
            if (lost.state() == LevelState.WAITING && told.add(lost.key())) {
                lines.add(lost.directory() + " is missing, though a later level of " + trial.id() + " is there: level "
                        + level + " is left out");
            }
        }
        return lines;
    }

    private Read level(String key) {
        StoredLevel level = store.level(key);
        // The state is read first: a level that ends meanwhile then counts as unfinished, never as whole but short.
        LevelState state = level.state();
        if (state == LevelState.WAITING) {
            return Read.nothing(Optional.empty());
        }
        Series.State shown = switch (state) {
            case DONE -> Series.State.FINISHED;
            case FAILED -> Series.State.DIVERGED;
            case WAITING, BEGUN -> Series.State.RUNNING;
        };
        try {
            Optional<StoredLevel.Counts> counts = level.counts();
            if (counts.isEmpty()) {
                throw new UserException(level.directory().resolve("level.json") + " is missing");
            }
            List<Point> points = level.metrics().stream().map(this::point).toList();
            return new Read(Series.sorted(points), shown, counts, level.architecture(), Optional.empty());
        } catch (UserException e) {
            return Read.nothing(Optional.of(e.getMessage() + "; this level is left out"));
        }
    }

    private Point point(Measurement m) {
        return new Point(m.iteration(), name(m.split()), name(m.attack()), m.accuracy(), m.loss(), m.examples());
    }

    private String name(String read) {
        return names.computeIfAbsent(read, n -> n);
    }

    /** The objective of this name; natural training where the experiment has none of it. */
    private Experiment.Objective objective(String name) {
        return experiment.objectives().stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElse(new Experiment.Objective(
                        Experiment.Objective.NATURAL, Optional.empty(), Optional.of(1.0), Optional.empty()));
    }

    private Optional<EarlyStop> selection(Experiment.Objective objective, Optional<Cell.Bound> bound) {
        Experiment.Evaluation evaluation = experiment.evaluation();
        if (!evaluation.splits().contains(Experiment.EvaluationSplit.VALIDATION)) {
            return Optional.empty();
        }
        ValidationMixture mixture = ValidationMixture.of(experiment, objective);
        boolean measured =
                mixture.share() == 0 || evaluation.attacks().contains(mixture.measurement()) || bound.isPresent();
        return measured
                ? Optional.of(new EarlyStop(mixture.share(), mixture.measurement(), mixture.byError()))
                : Optional.empty();
    }

    /**
     * The bound that an objective trains on, if it was measured: stores of older versions have levels without it. As long as
     * nothing is measured, it is expected.
     */
    private Optional<Cell.Bound> bound(Experiment.Objective objective, List<Series> series) {
        boolean nothing = series.stream().allMatch(s -> s.points().isEmpty());
        return objective
                .bound()
                .filter(name -> nothing
                        || series.stream()
                                .flatMap(s -> s.points().stream())
                                .anyMatch(point -> point.attack().equals(name)))
                .map(name -> new Cell.Bound(
                        name,
                        Objects.requireNonNull(experiment.bounds().get(name), name)
                                .epsilon()));
    }

    /**
     * The mask that level 0 has from {@code network.from}, as the search's own level 0 stores it: the file may be elsewhere by now.
     * Empty without that setting, and where no level 0 can be read, which is told of elsewhere.
     */
    private Optional<Mask> start(List<StoredTrial> trials) {
        if (experiment.network().from().isEmpty()) {
            return Optional.empty();
        }
        for (StoredTrial trial : trials) {
            try {
                Optional<StoredNetwork> first =
                        store.level(trial.levels().getFirst()).initial();
                if (first.isPresent()) {
                    return first.map(StoredNetwork::mask);
                }
            } catch (UserException e) {
                // Another trial may have it.
            }
        }
        return Optional.empty();
    }

    /** Densities by level as the pruning rule gives them, whatever the weights turn out to be. */
    private List<Double> plannedDensities(Architecture architecture, List<StoredTrial> trials) {
        int count = trials.stream().mapToInt(t -> t.levels().size()).max().orElse(0);
        List<Integer> survivors = ExperimentTranslator.survivors(experiment, architecture, start(trials));
        // Stores of older versions may have levels that prune nothing.
        return IntStream.range(0, count)
                .mapToObj(level ->
                        (double) survivors.get(Math.min(level, survivors.size() - 1)) / architecture.weights())
                .toList();
    }
}
