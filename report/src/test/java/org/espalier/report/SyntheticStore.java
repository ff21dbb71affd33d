package org.espalier.report;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.LevelWriter;
import org.espalier.lab.store.Provenance;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.Timing;
import org.espalier.lab.store.TrialId;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.random.Stream;
import org.espalier.ticket.Level;

/**
 * Writes stores as a search would leave them, of any size and state, without training anything: for tests, and for
 * measuring how fast reports are. The numbers are made up (smooth curves with noise of a named stream), the form is the
 * real one, by the same writers.
 *
 * <p>From the command line: {@code benchmarks/synthetic-store [--images N] DIR [EXPERIMENT [PATH=VALUE...]]}, with evaluations
 * and certificates.
 */
public final class SyntheticStore {
    /** Images of each evaluation and certificate, as many as the commands take by themselves. */
    private static final int IMAGES = 1000;

    private final Experiment experiment;
    private final Path directory;
    private final Architecture architecture;
    private final Stream stream;

    /** How far a level is. */
    public enum State {
        WAITING,
        BEGUN,
        DONE,
        FAILED
    }

    /** Says how far each level of each trial is; levels that trials share are asked about once. */
    @FunctionalInterface
    public interface Progress {
        State of(TrialId trial, int level);
    }

    private SyntheticStore(Path directory, Experiment experiment) {
        this.directory = directory;
        this.experiment = experiment;
        this.architecture = ExperimentTranslator.architecture(experiment.network(), Shape.of(1, 28, 28), 10);
        this.stream = Stream.root(experiment.seed()).child("synthetic store");
    }

    /**
     * Writes a finished search.
     *
     * @param experiment a preset's name or an experiment file
     * @param overrides settings, each {@code PATH=VALUE}
     */
    public static Path write(Path directory, String experiment, String... overrides) {
        return write(directory, (_, _) -> State.DONE, experiment, overrides);
    }

    /** Writes a search that is as far as {@code progress} says. */
    public static Path write(Path directory, Progress progress, String experiment, String... overrides) {
        new SyntheticStore(directory, ExperimentFile.read(experiment, List.of(overrides))).write(progress);
        return directory;
    }

    public static void main(String[] words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        int images = IMAGES;
        if (arguments.size() > 1 && arguments.getFirst().equals("--images")) {
            images = Integer.parseInt(arguments.get(1));
            arguments = arguments.subList(2, arguments.size());
        }
        if (arguments.isEmpty()) {
            System.err.println("usage: benchmarks/synthetic-store [--images N] DIR [EXPERIMENT [PATH=VALUE...]]");
            System.exit(2);
        }
        List<String> settings = new ArrayList<>(arguments.subList(Math.min(2, arguments.size()), arguments.size()));
        if (arguments.size() == 1) {
            settings.addAll(List.of("data.sets=[digits, fashion]", "network.hidden=[20, 10]"));
        }
        Path directory = Path.of(arguments.getFirst());
        write(directory, arguments.size() > 1 ? arguments.get(1) : "paper", settings.toArray(String[]::new));
        if (images > 0) {
            SyntheticRobustness.write(directory, images);
        }
    }

    private void write(Progress progress) {
        List<StoredTrial> trials = new ArrayList<>();
        Map<String, Map<String, Object>> determinedBy = new LinkedHashMap<>();
        for (Experiment.DataSource source : experiment.data().sets()) {
            for (Experiment.Objective objective : experiment.objectives()) {
                for (String strategy : experiment.strategies()) {
                    for (int trial = 1; trial <= experiment.trials(); trial++) {
                        var id = new TrialId(source.name(), objective.name(), strategy, trial);
                        trials.add(new StoredTrial(id, keys(id, determinedBy)));
                    }
                }
            }
        }
        var provenance = new Provenance(
                "0.0.0-synthetic",
                1,
                "25",
                "none",
                "none",
                1,
                "none: made-up numbers",
                1,
                experiment.seed(),
                Map.of("digits", "0".repeat(64)),
                List.of("synthetic-store"),
                "2026-01-01T00:00:00Z");
        Set<String> written = new HashSet<>();
        try (StoreWriter store = StoreWriter.open(directory, experiment, trials, provenance)) {
            for (StoredTrial trial : trials) {
                Mask mask = Mask.dense(architecture);
                for (int level = 0; level < trial.levels().size(); level++) {
                    String key = trial.levels().get(level);
                    Weights weights = experiment
                            .network()
                            .initial()
                            .draw(architecture, stream.child(trial.id().trial()).child(level));
                    if (level > 0) {
                        mask = new Pruner(
                                        Criterion.MAGNITUDE,
                                        experiment.pruning().scope(),
                                        experiment.pruning().count())
                                .prune(mask, weights, fractions(), stream);
                    }
                    weights.apply(mask);
                    State state = progress.of(trial.id(), level);
                    if (state != State.WAITING && written.add(key)) {
                        write(store, key, determinedBy.get(key), trial.id(), new Level(level, weights, mask), state);
                    }
                }
            }
        }
    }

    private List<Double> fractions() {
        var fractions = new ArrayList<Double>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            fractions.add(
                    layer < architecture.layers() - 1
                            ? experiment.pruning().hidden()
                            : experiment.pruning().output());
        }
        return fractions;
    }

    private List<String> keys(TrialId id, Map<String, Map<String, Object>> determinedBy) {
        List<String> keys = new ArrayList<>();
        int levels = id.strategy().equals("none") ? 0 : experiment.pruning().levels();
        for (int level = 0; level <= levels; level++) {
            Map<String, Object> by = new LinkedHashMap<>();
            by.put("data-set", id.dataset());
            by.put("objective", id.objective());
            by.put("strategy", level == 0 ? "any" : id.strategy());
            by.put("trial", id.trial());
            by.put("level", level);
            by.put(
                    "network",
                    architecture
                            .fullyConnected()
                            .<Object>map(flat -> Map.of("widths", flat.widths(), "biases", flat.biases()))
                            .orElse(experiment.network().kind()));
            String key = StoreWriter.key(by);
            determinedBy.put(key, by);
            keys.add(key);
        }
        return keys;
    }

    private void write(StoreWriter store, String key, Map<String, Object> by, TrialId id, Level level, State state) {
        int iterations = experiment.training().iterations();
        int last = state == State.DONE ? iterations : iterations / 2;
        try (LevelWriter writer = store.write(key)) {
            writer.begin(by, level);
            writer.resume(level.start(), warning -> {
                throw new IllegalStateException(warning);
            });
            note(store, key, "started", 0, 0);
            var measurements = new ArrayList<Measurement>();
            for (int iteration = 0;
                    iteration <= last;
                    iteration += experiment.evaluation().every()) {
                measure(measurements, id, level, iteration);
            }
            writer.measured(measurements);
            double seconds = last * 0.01 * Math.pow(level.mask().density(), 0.6);
            note(store, key, "progress", last, seconds);
            switch (state) {
                case DONE -> {
                    writer.finish(level.start(), level.mask(), iterations, List.of(), false);
                    note(store, key, "finished", last, 0);
                }
                case FAILED -> {
                    writer.fail(new Failure(last, "training diverged: made up"));
                    note(store, key, "failed", last, 0);
                }
                case BEGUN, WAITING -> note(store, key, "stopped", last, 0);
            }
        }
    }

    private void note(StoreWriter store, String key, String event, int iteration, double seconds) {
        store.note(new Timing(
                Instant.EPOCH.toString(),
                1,
                key,
                event,
                iteration,
                experiment.training().iterations(),
                seconds,
                seconds / 4));
    }

    private void measure(List<Measurement> into, TrialId id, Level level, int iteration) {
        int examples = experiment.evaluation().images().orElse(10_000);
        Stream noise = stream.child(id.dataset())
                .child(id.objective())
                .child(id.trial())
                .child(level.number() == 0 ? "any" : id.strategy())
                .child(level.number())
                .child(iteration);
        Optional<Experiment.Objective> objective = experiment.objectives().stream()
                .filter(o -> o.name().equals(id.objective()))
                .findFirst();
        Optional<String> bound = objective.flatMap(Experiment.Objective::bound);
        Optional<String> trainedAgainst =
                objective.flatMap(Experiment.Objective::attack).or(() -> bound);
        int position = 0;
        for (Experiment.EvaluationSplit split : experiment.evaluation().splits()) {
            String name = ExperimentFile.nameOf(split);
            var attacks = new ArrayList<>(List.of(Measurement.NATURAL));
            attacks.addAll(experiment.evaluation().attacks());
            bound.ifPresent(attacks::add);
            for (String attack : attacks) {
                double plateau = attack.equals(Measurement.NATURAL)
                        ? natural(id, level)
                        : trainedAgainst.isPresent()
                                ? adversarial(id, level) * (attack.equals(trainedAgainst.get()) ? 1 : 0.8)
                                : 0.02;
                double learnt = 1
                        - 0.9
                                * Math.exp(-(double) iteration
                                        / experiment.training().iterations()
                                        * 12);
                double accuracy = Math.clamp(
                        plateau * learnt
                                + 0.004 * (noise.uniform(position++) - 0.5)
                                + 0.004 * (stream.child(id.trial()).uniform(level.number()) - 0.5),
                        0,
                        1);
                double forgetting = 0.1 * iteration / experiment.training().iterations();
                double loss = 2.3 * (1 - accuracy) + forgetting + 0.01 * noise.uniform(position++);
                into.add(new Measurement(
                        iteration, name, attack, (int) Math.round(accuracy * examples), examples, loss));
            }
        }
    }

    /** Natural accuracy in the end: falls when few weights are left, sooner for fresh random weights. */
    private static double natural(TrialId id, Level level) {
        return 0.985 - 0.0004 / level.mask().density() * (id.strategy().equals("random") ? 3 : 1);
    }

    /** Accuracy under the attack in the end: rises with the first prunings, is best near 15 %, then falls. */
    private static double adversarial(TrialId id, Level level) {
        double sparser = -Math.log(level.mask().density());
        double rise = 0.15 * Math.sin(Math.min(Math.PI, sparser * Math.PI / 4));
        return Math.max(
                0.1,
                0.45 + rise - 0.001 / level.mask().density() * (id.strategy().equals("random") ? 3 : 1));
    }
}
