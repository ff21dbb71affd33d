package org.espalier.lab.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.KernelMode;
import org.espalier.evaluate.Measurement;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.MissingClasses;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.ticket.Restart;
import org.espalier.train.Objective;
import org.espalier.train.Ramp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
    private static final int ITERATIONS = 48;

    @TempDir
    private Path directory;

    private static Runner runner(Experiment experiment, Path directory, int jobs, RunObserver observer) {
        return new Runner(
                new RunRequest(experiment, directory, jobs, Duration.ofSeconds(30), "test", List.of("run")), observer);
    }

    private static RunOutcome run(Experiment experiment, Path directory, int jobs) {
        return runner(experiment, directory, jobs, RunObserver.NONE).run(TinyData.data());
    }

    @Test
    void aStoreWhoseLevelsLackWorstCasesIsNotContinuedWithoutAWord() throws Exception {
        Experiment experiment = certified("trials=1");
        run(experiment, directory, 1);
        Path index = directory.resolve(Store.INDEX);
        String first = Store.open(directory).trials().getFirst().levels().getFirst();
        Files.writeString(index, Files.readString(index).replace(first, "0".repeat(64)));
        assertThatThrownBy(() -> run(experiment, directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("its levels that train on bounds may lack the worst cases that are measured now");
    }

    /** Counts levels begun and stops the run after so many steps of any kind. */
    private static final class Stopper implements RunObserver {
        final Set<String> begun = new HashSet<>();
        final AtomicInteger left;
        Runner runner;

        Stopper(int after) {
            left = new AtomicInteger(after);
        }

        private synchronized void tick() {
            if (left.decrementAndGet() == 0) {
                runner.stop();
            }
        }

        @Override
        public synchronized void started(LevelInWork level, int iteration) {
            begun.add(level.key());
            tick();
        }

        @Override
        public void measured(LevelInWork level, List<Measurement> measurements) {
            tick();
        }
    }

    @Test
    void jobsDoNotChangeAByte() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS);
        run(experiment, directory.resolve("one"), 1);
        run(experiment, directory.resolve("two"), 2);
        run(experiment, directory.resolve("nine"), 9);
        Map<String, String> one = Trees.digests(directory.resolve("one"));
        assertThat(Trees.digests(directory.resolve("two"))).isEqualTo(one);
        assertThat(Trees.digests(directory.resolve("nine"))).isEqualTo(one);
    }

    @Test
    void someTrialsAreTrainedAndTheOthersLaterToTheSameBytes() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS, "strategies=[original, random]", "trials=2");
        run(experiment, directory.resolve("whole"), 1);
        Path parts = directory.resolve("parts");
        new Runner(
                        new RunRequest(experiment, parts, 1, Duration.ofSeconds(30), "test", List.of("run")),
                        RunObserver.NONE,
                        trial -> trial.strategy().equals("random") && trial.trial() == 2)
                .run(TinyData.data());
        Store store = Store.open(parts);
        for (StoredTrial trial : store.trials()) {
            boolean wanted =
                    trial.id().strategy().equals("random") && trial.id().trial() == 2;
            assertThat(store.level(trial.levels().getLast()).state())
                    .as(trial.id().toString())
                    .isEqualTo(wanted ? LevelState.DONE : LevelState.WAITING);
        }
        assertThat(run(experiment, parts, 1).failed()).isEmpty();
        assertThat(Trees.digests(parts)).isEqualTo(Trees.digests(directory.resolve("whole")));
    }

    @Test
    void linearBoundsTrainANetworkWithAMaxPool() {
        Experiment experiment =
                certified("network={kind: layers, layers: [{conv2d: 3}, relu, {max-pool: 2}, flatten, linear]}");
        assertThat(run(experiment, directory, 1).failed()).isEmpty();
    }

    /** Interruptions fall before, in and after the ramp of 20 iterations that starts at 10. */
    private static Experiment certified(String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "objectives=[crown-ibp, {name: mine, bound: small}]",
                "bounds={crown-ibp: {kind: crown-ibp, schedule: {warm-up: 10, ramp: 20}},"
                        + " small: {kind: ibp, epsilon: 0.03, schedule:"
                        + " {warm-up: 10, ramp: 20, shape: smoothed, levels: first}}}",
                "strategies=[original]"));
        overrides.addAll(List.of(more));
        return TinyData.experiment(ITERATIONS, overrides.toArray(String[]::new));
    }

    @Test
    void certifiedTrainingGoesOnToTheSameBytesWithAnyJobs() throws Exception {
        goesOnToTheSameBytes(certified());
        run(certified(), directory.resolve("two"), 2);
        run(certified(), directory.resolve("one"), 1);
        assertThat(Trees.digests(directory.resolve("two"))).isEqualTo(Trees.digests(directory.resolve("one")));
    }

    @Test
    void certifiedTrainingOfConvolutionsGoesOnToTheSameBytesWithAnyKernels() throws Exception {
        Experiment experiment = certified(
                "network={kind: layers, layers: [{conv2d: {channels: 3, stride: 2, padding: 1}}, batch-norm, relu,"
                        + " flatten, {linear: 6}, relu, linear]}");
        goesOnToTheSameBytes(experiment);
        Map<String, String> whole = Trees.digests(directory.resolve("whole"));
        for (KernelMode kernels : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Path made = directory.resolve(kernels.name());
            new Runner(
                            new RunRequest(
                                    experiment, made, 1, kernels, Duration.ofSeconds(30), "test", List.of("run")),
                            RunObserver.NONE)
                    .run(TinyData.data());
            assertThat(Trees.digests(made)).isEqualTo(whole);
        }
    }

    @Test
    void levelsOfBoundsAreMeasuredWithThemAndKeepTheirBestWeights() throws Exception {
        Experiment experiment =
                certified("trials=1", "evaluation.every=4", "robustness={epsilon: 0.1, weights: best-validation}");
        run(experiment, directory, 1);
        Store store = Store.open(directory);
        for (StoredTrial trial : store.trials()) {
            String bound = trial.id().objective().equals("mine") ? "small" : "crown-ibp";
            for (String key : trial.levels()) {
                StoredLevel level = store.level(key);
                List<Measurement> metrics = level.metrics();
                assertThat(metrics).hasSize((ITERATIONS / 4 + 1) * 2 * 4);
                assertThat(metrics.subList(0, 4))
                        .extracting(Measurement::attack)
                        .containsExactly("none", "fgsm", "pgd", bound);
                // The least of the mixture that training ends with, found here in the plainest way.
                double least = Double.POSITIVE_INFINITY;
                int at = -1;
                for (int i = 0; i < metrics.size(); i += 8) {
                    double loss = 0.5 * metrics.get(i).loss()
                            + 0.5 * metrics.get(i + 3).loss();
                    if (loss < least) {
                        least = loss;
                        at = metrics.get(i).iteration();
                    }
                }
                assertThat(Files.readString(level.directory().resolve("best.safetensors"), StandardCharsets.ISO_8859_1))
                        .as("%s", trial.id())
                        .contains("\"iteration\":\"" + at + "\"");
                assertThat(level.best()).isPresent();
            }
        }
    }

    /** Every setting of a recipe at once; the ramp, warm-up and peak lie between interruptions. */
    private static Experiment recipe(String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "training.optimizer={kind: nesterov, rate: 0.05}",
                "training.rate-schedule={kind: cyclic, peak: 0.4}",
                "training.rate-warm-up=10",
                "training.weight-decay=0.01",
                "training.clip-gradient=0.5",
                "training.keep-weights=best-attacked",
                "objectives=[{name: pgd, epsilon-ramp: {start: 5, length: 20, levels: first}}]",
                "evaluation.every=4"));
        overrides.addAll(List.of(more));
        return TinyData.experiment(ITERATIONS, overrides.toArray(String[]::new));
    }

    @Test
    void aRecipeGoesOnToTheSameBytesWithAnyJobsAndKernels() throws Exception {
        goesOnToTheSameBytes(recipe());
        Map<String, String> whole = Trees.digests(directory.resolve("whole"));
        run(recipe(), directory.resolve("two"), 2);
        assertThat(Trees.digests(directory.resolve("two"))).isEqualTo(whole);
        for (KernelMode kernels : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Path made = directory.resolve(kernels.name());
            new Runner(
                            new RunRequest(recipe(), made, 1, kernels, Duration.ofSeconds(30), "test", List.of("run")),
                            RunObserver.NONE)
                    .run(TinyData.data());
            assertThat(Trees.digests(made)).isEqualTo(whole);
        }
        assertThat(whole.keySet()).noneMatch(name -> name.contains("kept.safetensors"));
    }

    @Test
    void levelsKeepTheWeightsOfTheHighestValidationAccuracy() throws Exception {
        for (String keep : List.of("best-attacked", "best-clean")) {
            // Rewinds are the weights at each measured iteration but the start.
            List<String> rewinds = new ArrayList<>();
            for (int iteration = 4; iteration <= ITERATIONS; iteration += 4) {
                rewinds.add("rewind-" + iteration);
            }
            Experiment experiment =
                    recipe("training.keep-weights=" + keep, "trials=1", "pruning.levels=1", "strategies=" + rewinds);
            Path made = directory.resolve(keep);
            run(experiment, made, 1);
            Store store = Store.open(made);
            for (StoredTrial trial : store.trials()) {
                for (StoredLevel level : store.levels(trial)) {
                    int most = -1;
                    int at = -1;
                    for (Measurement measurement : level.metrics()) {
                        if (measurement.split().equals("validation")
                                && measurement.attack().equals(keep.equals("best-clean") ? "none" : "pgd")
                                && measurement.correct() > most) {
                            most = measurement.correct();
                            at = measurement.iteration();
                        }
                    }
                    assertThat(Files.readString(
                                    level.directory().resolve("trained.safetensors"), StandardCharsets.ISO_8859_1))
                            .contains("\"iteration\":\"" + at + "\"");
                    if (level.counts().orElseThrow().number() == 0) {
                        assertThat(level.trained().orElseThrow().weights())
                                .isEqualTo(level.rewind(at).orElseThrow().weights());
                        assertThat(at)
                                .isBetween(1, ITERATIONS - 1); // neither the start nor the end, or nothing is seen
                    }
                }
            }
        }
    }

    @Test
    void theRateOfARewoundLevelIsThatOfItsIteration() {
        Experiment experiment = recipe();
        Experiment.Objective objective = experiment.objectives().getFirst();
        Restart rewind = new Restart.Rewind(16);
        assertThat(ExperimentTranslator.training(experiment, objective, 0, rewind)
                        .learningRate()
                        .firstUpdate())
                .isZero();
        assertThat(ExperimentTranslator.training(experiment, objective, 1, rewind)
                        .learningRate()
                        .firstUpdate())
                .isEqualTo(16);
        assertThat(ExperimentTranslator.training(experiment, objective, 1, new Restart.Original())
                        .learningRate()
                        .firstUpdate())
                .isZero();
    }

    @Test
    void onlyTheFirstLevelHasTheRampIfSoWished() {
        Experiment experiment = certified();
        Experiment.Objective each = experiment.objectives().get(0);
        Experiment.Objective first = experiment.objectives().get(1);
        assertThat(ramp(experiment, each, 0)).isEqualTo(new Ramp(10, 20, Ramp.Shape.LINEAR));
        assertThat(ramp(experiment, each, 1)).isEqualTo(new Ramp(10, 20, Ramp.Shape.LINEAR));
        assertThat(ramp(experiment, first, 0)).isEqualTo(new Ramp(10, 20, Ramp.Shape.SMOOTHED));
        assertThat(ramp(experiment, first, 1)).isEqualTo(Ramp.NONE);
    }

    private static Ramp ramp(Experiment experiment, Experiment.Objective objective, int level) {
        return ((Objective.Certified) ExperimentTranslator.objective(experiment, objective, level)).ramp();
    }

    @Test
    void kernelsDoNotChangeAByte() throws Exception {
        // Wide enough for vector registers, blocks of columns and dense gradients; down to a quarter of the weights.
        Experiment experiment = TinyData.experiment(
                ITERATIONS,
                "network.hidden=[160, 120]",
                "pruning={levels: 3, hidden: 0.4, output: 0.3}",
                "training.l2=0.0001",
                "trials=1",
                "strategies=[original]");
        for (KernelMode kernels : KernelMode.values()) {
            new Runner(
                            new RunRequest(
                                    experiment,
                                    directory.resolve(kernels.name()),
                                    1,
                                    kernels,
                                    Duration.ofSeconds(30),
                                    "test",
                                    List.of("run")),
                            RunObserver.NONE)
                    .run(TinyData.data());
        }
        Map<String, String> chosen = Trees.digests(directory.resolve("AUTO"));
        assertThat(chosen).hasSizeGreaterThan(4 * 3);
        assertThat(Trees.digests(directory.resolve("DENSE"))).isEqualTo(chosen);
        assertThat(Trees.digests(directory.resolve("SPARSE"))).isEqualTo(chosen);
        assertThat(Files.readString(directory.resolve("DENSE/provenance.json"))).contains("dense kernels");
    }

    @Test
    void theWorstCaseGoesOnToTheSameBytesWithAnyJobsAndKernels() throws Exception {
        Experiment experiment = TinyData.experiment(
                ITERATIONS,
                "evaluation.accuracy=worst-case",
                "attacks.pgd.restarts=2",
                "robustness={weights: best-validation}",
                "strategies=[original, random]");
        goesOnToTheSameBytes(experiment);
        Map<String, String> whole = Trees.digests(directory.resolve("whole"));
        run(experiment, directory.resolve("two"), 2);
        assertThat(Trees.digests(directory.resolve("two"))).isEqualTo(whole);
        for (KernelMode kernels : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Path made = directory.resolve(kernels.name());
            new Runner(
                            new RunRequest(
                                    experiment, made, 1, kernels, Duration.ofSeconds(30), "test", List.of("run")),
                            RunObserver.NONE)
                    .run(TinyData.data());
            assertThat(Trees.digests(made)).isEqualTo(whole);
        }
        // Training does not see how it is measured.
        run(
                TinyData.experiment(ITERATIONS, "attacks.pgd.restarts=2", "strategies=[original, random]"),
                directory.resolve("kept"),
                1);
        Store worst = Store.open(directory.resolve("whole"));
        Store kept = Store.open(directory.resolve("kept"));
        for (int t = 0; t < worst.trials().size(); t++) {
            List<StoredLevel> levels = worst.levels(worst.trials().get(t));
            for (int level = 0; level < levels.size(); level++) {
                StoredLevel same = kept.levels(kept.trials().get(t)).get(level);
                assertThat(levels.get(level).trained().orElseThrow().weights())
                        .isEqualTo(same.trained().orElseThrow().weights());
                List<Measurement> lower = levels.get(level).metrics();
                for (int m = 0; m < lower.size(); m++) {
                    assertThat(lower.get(m).correct())
                            .isLessThanOrEqualTo(same.metrics().get(m).correct());
                }
            }
        }
    }

    @Test
    void equalLevelsAreTrainedOnce() {
        ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
        RunOutcome outcome = runner(TinyData.experiment(ITERATIONS), directory, 2, new RunObserver() {
                    @Override
                    public void started(LevelInWork level, int iteration) {
                        begun.add(level.key());
                    }
                })
                .run(TinyData.data());
        // Two trials, each one dense level and two more for each of four strategies.
        assertThat(begun).hasSize(2 * (1 + 4 * 2)).doesNotHaveDuplicates();
        assertThat(outcome.trained()).isEqualTo(18);
        Store store = Store.open(directory);
        assertThat(store.trials()).hasSize(8);
        assertThat(store.trials().stream()
                        .map(trial -> trial.levels().getFirst())
                        .distinct())
                .hasSize(2);
    }

    @Test
    void asPublishedSharesLevelOneWithContinuedAndNoPruningLevelZeroWithAll() {
        RunOutcome outcome = run(
                TinyData.experiment(ITERATIONS, "strategies=[as-published, continued, none]", "trials=1"),
                directory,
                1);
        assertThat(outcome.trained()).isEqualTo(1 + 1 + 2);
        Store store = Store.open(directory);
        assertThat(store.trials().getLast().levels()).hasSize(1);
        StoredLevel dense = store.level(store.trials().getFirst().levels().getFirst());
        StoredLevel second = store.level(store.trials().getFirst().levels().get(2));
        Weights expected = dense.trained().orElseThrow().weights().copy();
        expected.apply(second.initial().orElseThrow().mask());
        assertThat(second.initial().orElseThrow().weights()).isEqualTo(expected);
    }

    @Test
    void aStoppedRunGoesOnToTheSameBytes() throws Exception {
        goesOnToTheSameBytes(TinyData.experiment(ITERATIONS));
    }

    /** Running statistics of batch norm are part of checkpoints, of stored networks and of rewinding. */
    @Test
    void convolutionsWithBatchNormGoOnToTheSameBytesWithAnyJobsAndKernels() throws Exception {
        Experiment experiment = TinyData.experiment(
                ITERATIONS,
                TinyData.CONVOLUTIONS,
                "trials=1",
                "objectives=[{name: pgd, natural-share: 0.5, epsilon-ramp: {start: 4, length: 20}}]",
                "pruning={levels: 2, quota: {kind: fractions, convolution: 0.4, hidden: 0.6, output: 0.2}}");
        goesOnToTheSameBytes(experiment);
        Map<String, String> whole = Trees.digests(directory.resolve("whole"));
        run(experiment, directory.resolve("two"), 2);
        assertThat(Trees.digests(directory.resolve("two"))).isEqualTo(whole);
        for (KernelMode kernels : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Path made = directory.resolve(kernels.name());
            new Runner(
                            new RunRequest(
                                    experiment, made, 1, kernels, Duration.ofSeconds(30), "test", List.of("run")),
                            RunObserver.NONE)
                    .run(TinyData.data());
            assertThat(Trees.digests(made)).isEqualTo(whole);
        }
        Store store = Store.open(directory.resolve("whole"));
        Mask last = store.levels(store.trials().getFirst())
                .getLast()
                .trained()
                .orElseThrow()
                .mask();
        assertThat(last.architecture().convolution(0)).isTrue();
        assertThat(last.density()).isLessThan(0.5);
    }

    @Test
    void augmentedTrainingGoesOnToTheSameBytes() throws Exception {
        goesOnToTheSameBytes(TinyData.experiment(ITERATIONS, "training.augmentation={crop: 1}"));
    }

    @Test
    void asPublishedGoesOnToTheSameBytesToo() throws Exception {
        goesOnToTheSameBytes(TinyData.experiment(
                ITERATIONS,
                "evaluation.timing=as-published",
                "evaluation.loss=objective",
                "training.label-smoothing.train=0.1",
                "training.optimizer={kind: sgd}",
                "pruning.count=as-published",
                "attacks.pgd.label=predicted",
                "strategies=[as-published, continued]"));
        // Nine batches to an epoch, so once in each, after its first update; labelled as if every twelve.
        Store store = Store.open(directory.resolve("pieces"));
        assertThat(store.level(store.trials().getFirst().levels().getLast()).metrics())
                .extracting(Measurement::iteration)
                .hasSize(6 * 6)
                .startsWith(0)
                .endsWith(60);
    }

    private void goesOnToTheSameBytes(Experiment experiment) throws Exception {
        run(experiment, directory.resolve("whole"), 1);
        Path pieces = directory.resolve("pieces");
        int runs = 0;
        RunOutcome outcome;
        do {
            Stopper stopper = new Stopper(5 + runs % 7);
            stopper.runner = runner(experiment, pieces, 1 + runs % 2, stopper);
            outcome = stopper.runner.run(TinyData.data());
            runs++;
        } while (outcome.stopped());
        assertThat(runs).isGreaterThan(10);
        assertThat(Trees.digests(pieces)).isEqualTo(Trees.digests(directory.resolve("whole")));
    }

    @Test
    void runningAgainTrainsNothing() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS);
        run(experiment, directory, 2);
        Map<String, String> before = Trees.digests(directory);
        assertThat(run(experiment, directory, 2).trained()).isZero();
        assertThat(Trees.digests(directory)).isEqualTo(before);
    }

    @Test
    void aSearchCanGrow() throws Exception {
        run(
                TinyData.experiment(ITERATIONS, "trials=1", "pruning.levels=1", "strategies=[random]"),
                directory.resolve("a"),
                1);
        // More trials, levels and strategies, one of which rewinds to a point that is over.
        run(TinyData.experiment(ITERATIONS), directory.resolve("a"), 2);
        run(TinyData.experiment(ITERATIONS), directory.resolve("b"), 2);
        assertThat(Trees.digests(directory.resolve("a"))).isEqualTo(Trees.digests(directory.resolve("b")));
    }

    @Test
    void anotherSearchIsRefusedByItsFirstDifference() throws Exception {
        run(TinyData.experiment(ITERATIONS), directory, 1);
        Map<String, String> before = Trees.digests(directory);
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "training.batch=8"), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds another search: training.batch is 7 there and 8 here");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "trials=1"), directory, 1))
                .hasMessageContaining("trials is 2 there and 1 here");
        assertThat(Trees.digests(directory)).isEqualTo(before);
    }

    @Test
    void levelsAreWhatTheStrategiesSay() {
        run(TinyData.experiment(ITERATIONS), directory, 2);
        Store store = Store.open(directory);
        for (StoredTrial trial : store.trials()) {
            List<StoredLevel> levels = store.levels(trial);
            StoredLevel dense = levels.getFirst();
            Mask before = Mask.dense(dense.architecture().orElseThrow());
            for (StoredLevel level : levels) {
                assertThat(level.state()).isEqualTo(LevelState.DONE);
                level.verify();
                Mask mask = level.initial().orElseThrow().mask();
                assertThat(mask.within(before)).isTrue();
                assertThat(level.trained().orElseThrow().mask()).isEqualTo(mask);
                Weights trained = level.trained().orElseThrow().weights();
                Weights masked = trained.copy();
                masked.apply(mask);
                assertThat(trained).isEqualTo(masked);
                // At 0, 12, 24, 36 and 48 updates, two splits, natural and two attacks.
                assertThat(level.metrics()).hasSize(5 * 2 * 3);
                assertThat(level.metrics().getLast().iteration()).isEqualTo(ITERATIONS);
                assertThat(level.metrics()).extracting(Measurement::examples).containsOnly(25);
                before = mask;
            }
            Weights from = switch (trial.id().strategy()) {
                case "original" -> dense.initial().orElseThrow().weights();
                case "continued" -> levels.get(1).trained().orElseThrow().weights();
                case "rewind-16" -> dense.rewind(16).orElseThrow().weights();
                default -> null;
            };
            if (from != null) {
                Weights expected = from.copy();
                expected.apply(before);
                assertThat(levels.get(2).initial().orElseThrow().weights()).isEqualTo(expected);
            }
        }
    }

    @Test
    void divergenceEndsItsTrialsOnly() throws Exception {
        List<Failure> told = new ArrayList<>();
        Experiment experiment = TinyData.experiment(
                ITERATIONS, "training.optimizer={kind: sgd, rate: 1e30, momentum: 0.9}", "strategies=[original]");
        RunOutcome outcome = runner(experiment, directory.resolve("a"), 2, new RunObserver() {
                    @Override
                    public void failed(LevelInWork level, Failure failure) {
                        synchronized (told) {
                            told.add(failure);
                        }
                    }
                })
                .run(TinyData.data());
        assertThat(outcome.stopped()).isFalse();
        assertThat(outcome.failed()).hasSize(2);
        assertThat(outcome.failed().getFirst().toString())
                .startsWith("tiny pgd original trial 1 ended at level 0, iteration ")
                .contains("diverged");
        assertThat(told).hasSize(2);
        Store store = Store.open(directory.resolve("a"));
        assertThat(store.level(store.trials().getFirst().levels().getFirst()).state())
                .isEqualTo(LevelState.FAILED);
        assertThat(store.level(store.trials().getFirst().levels().getLast()).state())
                .isEqualTo(LevelState.WAITING);

        // Again, it is reported and not tried again; and a run of its own ends in the same bytes.
        Map<String, String> before = Trees.digests(directory.resolve("a"));
        RunOutcome again = run(experiment, directory.resolve("a"), 1);
        assertThat(again.failed()).isEqualTo(outcome.failed());
        assertThat(Trees.digests(directory.resolve("a"))).isEqualTo(before);
        run(experiment, directory.resolve("b"), 1);
        assertThat(Trees.digests(directory.resolve("b"))).isEqualTo(before);
    }

    @Test
    void aSecondRunIsRefusedWhileOneWorks() {
        List<String> refusals = new ArrayList<>();
        runner(TinyData.experiment(ITERATIONS, "trials=1"), directory, 1, new RunObserver() {
                    @Override
                    public void finished(LevelInWork level) {
                        assertThat(Store.open(directory).running())
                                .contains(ProcessHandle.current().pid());
                        try {
                            run(TinyData.experiment(ITERATIONS, "trials=1"), directory, 1);
                        } catch (UserException e) {
                            refusals.add(e.getMessage());
                        }
                    }
                })
                .run(TinyData.data());
        assertThat(refusals)
                .hasSize(9)
                .allSatisfy(refusal -> assertThat(refusal)
                        .contains("is in use by another run (process "
                                + ProcessHandle.current().pid() + ")"));
        assertThat(Store.open(directory).running()).isEmpty();
    }

    @Test
    void settingsThatDoNotFitTheDataAreRefused() {
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "network.outputs=2"), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("network.outputs is 2, expected at least 3, the classes of data set tiny");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "network.inputs=784"), directory, 1))
                .hasMessage("network.inputs is 784, expected 16, the pixels of an image of data set tiny");
        // Too large only with the pixels, which the file alone does not tell.
        assertThatThrownBy(() -> run(
                        TinyData.experiment(ITERATIONS, "network.hidden=[1000000, 155]", "name=wide"), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("network.hidden is [1000000, 155], which makes 171000465 weights, expected at most"
                        + " 165110390 in the network for data set tiny");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "training.augmentation={crop: 4}"), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessage("training.augmentation.crop is 4, expected less than the rows and columns of an image of"
                        + " 4 x 4 pixels, as data set tiny has them");
        assertThatThrownBy(() -> TinyData.experiment(ITERATIONS, "training.augmentation={crop: 0, flip: false}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("training.augmentation: crop is 0 and flip false, expected a crop of at least 1");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "data.validation=90"), directory, 1))
                .hasMessage("data.validation is 90, expected less than the 90 training images of data set tiny");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDamagedIndexIsWrittenAnewOnceItIsRemoved() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS);
        run(experiment, directory, 1);
        Files.writeString(directory.resolve("results.csv"), "a report's\n");
        Path index = directory.resolve("index.json");
        byte[] sound = Files.readAllBytes(index);
        for (String damaged : List.of("{\"format\":1,\"trials\":5}", "{\"format\":1}", "[", "")) {
            Files.writeString(index, damaged);
            assertThatThrownBy(() -> run(experiment, directory, 1))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(index + " is damaged")
                    .hasMessageEndingWith(
                            "; remove it and run the search again in this directory to have it written" + " anew");
        }
        Files.delete(index);
        // Another search finds somebody else's directory.
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS, "seed=99"), directory, 1))
                .hasMessageContaining("which no search wrote");
        run(experiment, directory, 1);
        assertThat(index).hasBinaryContent(sound);
    }

    @Test
    void aDirectoryThatIsNoneOrSomeoneElsesIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS), file, 1))
                .isInstanceOf(UserException.class)
                .hasMessage(file + " cannot be written: it is a file, expected a directory");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds file, which no search wrote");
        assertThat(file).hasContent("mine");
    }

    @Test
    void temporaryFilesOfOthersStayAndARefusedDirectoryIsLeftAsItWas() throws Exception {
        Path theirs = Files.writeString(directory.resolve("thesis.tmp"), "mine");
        assertThatThrownBy(() -> run(TinyData.experiment(ITERATIONS), directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds thesis.tmp, which no search wrote");
        assertThat(directory).isDirectoryContaining(theirs::equals);
        assertThat(directory.toFile().list()).containsExactly("thesis.tmp");

        // Beside a search of ours they stay too; what a crash of ours left goes.
        Files.delete(theirs);
        Files.writeString(directory.resolve("index.json.tmp"), "{");
        Experiment experiment = TinyData.experiment(4, "trials=1", "strategies=[none]");
        run(experiment, directory, 1);
        Files.writeString(theirs, "mine");
        Files.writeString(directory.resolve("index.json.tmp"), "half");
        run(experiment, directory, 1);
        assertThat(theirs).hasContent("mine");
        assertThat(directory.resolve("index.json.tmp")).doesNotExist();
        assertThat(directory.resolve("index.json.tmp")).doesNotExist();
    }

    @Test
    void aRewindCanBeAskedForWhenItsIterationHasPassedInAnInterruptedLevel() throws Exception {
        Stopper stopper = new Stopper(1 + 2 * 4); // at iteration 36, behind the rewind's 16
        stopper.runner = runner(
                TinyData.experiment(ITERATIONS, "trials=1", "strategies=[original]"),
                directory.resolve("a"),
                1,
                stopper);
        assertThat(stopper.runner.run(TinyData.data()).stopped()).isTrue();
        Experiment grown = TinyData.experiment(ITERATIONS, "trials=1", "strategies=[original, rewind-16]");
        run(grown, directory.resolve("a"), 2);
        run(grown, directory.resolve("b"), 2);
        assertThat(Trees.digests(directory.resolve("a"))).isEqualTo(Trees.digests(directory.resolve("b")));
    }

    @Test
    void aLossThatIsNoNumberAtTheLastMeasurementIsADivergenceToo() {
        Experiment experiment =
                TinyData.experiment(1, "training.optimizer={kind: sgd, rate: 1e30}", "strategies=[none]", "trials=1");
        RunOutcome outcome = run(experiment, directory, 1);
        assertThat(outcome.failed()).singleElement().satisfies(failed -> {
            assertThat(failed.failure().iteration()).isEqualTo(1);
            assertThat(failed.failure().reason()).contains("the losses measured are not all finite numbers");
        });
    }

    @Test
    void aDamagedCheckpointCostsItsLevelOnly() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS);
        Stopper stopper = new Stopper(6);
        stopper.runner = runner(experiment, directory.resolve("a"), 1, stopper);
        stopper.runner.run(TinyData.data());
        Path checkpoint;
        try (var files = Files.walk(directory)) {
            checkpoint = files.filter(path -> path.endsWith("checkpoint.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[bytes.length - 1] ^= 1;
        Files.write(checkpoint, bytes);
        List<String> warnings = new ArrayList<>();
        runner(experiment, directory.resolve("a"), 1, new RunObserver() {
                    @Override
                    public void warned(String sentence) {
                        warnings.add(sentence);
                    }
                })
                .run(TinyData.data());
        assertThat(warnings).singleElement().asString().contains("is damaged: expected SHA-256", "trained again");
        run(experiment, directory.resolve("b"), 1);
        assertThat(Trees.digests(directory.resolve("a"))).isEqualTo(Trees.digests(directory.resolve("b")));
    }

    @Test
    void aDamagedLevelStopsTheRunWithOneSentence() throws Exception {
        Experiment experiment = TinyData.experiment(ITERATIONS, "trials=1");
        Stopper stopper = new Stopper(13);
        stopper.runner = runner(experiment, directory, 1, stopper);
        stopper.runner.run(TinyData.data());
        Store store = Store.open(directory);
        Path trained = store.level(store.trials().getFirst().levels().getFirst())
                .directory()
                .resolve("trained.safetensors");
        byte[] bytes = Files.readAllBytes(trained);
        bytes[bytes.length - 1] ^= 1;
        Files.write(trained, bytes);
        assertThatThrownBy(() -> run(experiment, directory, 2))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(trained + " is damaged: expected SHA-256")
                .hasMessageContaining("remove " + trained.getParent() + " to have the level computed again");
    }

    @Test
    void aDamagedFileOfADoneSearchStopsTheRun() throws Exception {
        Experiment experiment = TinyData.experiment(4, "trials=1", "strategies=[none]");
        run(experiment, directory, 1);
        Store store = Store.open(directory);
        Path level = store.level(store.trials().getFirst().levels().getFirst()).directory();
        for (String name : List.of("trained.safetensors", "metrics.jsonl", "initial.safetensors")) {
            byte[] sound = Files.readAllBytes(level.resolve(name));
            byte[] bytes = sound.clone();
            bytes[bytes.length - 2] ^= 1;
            Files.write(level.resolve(name), bytes);
            assertThatThrownBy(() -> run(experiment, directory, 1))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining(level.resolve(name) + " is damaged: expected SHA-256")
                    .hasMessageContaining("remove " + level + " to have the level computed again");
            Files.write(level.resolve(name), sound);
        }
        // No digest covers the counts.
        Path counts = level.resolve("level.json");
        String sound = Files.readString(counts);
        Files.writeString(counts, sound.replaceFirst("\"surviving\":\\[\\d+", "\"surviving\":[1"));
        assertThatThrownBy(() -> run(experiment, directory, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(counts + " is damaged: its counts are not those of the network")
                .hasMessageContaining("remove " + level + " to have the level computed again");
        Files.writeString(counts, sound);
        assertThat(run(experiment, directory, 1).trained()).isZero();
    }

    @Test
    void earlierRunsStayInTheProvenance() throws Exception {
        Experiment experiment = TinyData.experiment(4, "trials=1", "strategies=[none]");
        Path file = directory.resolve("provenance.json");
        run(experiment, directory, 1);
        // As programs wrote it before runs were listed.
        Files.writeString(file, Files.readString(file).replaceFirst(",\"runs\":.*", "}"));
        run(experiment, directory, 2);
        run(experiment, directory, 3);
        assertThat(Files.readString(file)).containsPattern("\"runs\":\\[.*\"jobs\":1,.*\"jobs\":2,.*\"jobs\":3,.*]");
        assertThat(Store.open(directory).provenance().jobs()).isEqualTo(3);

        Files.writeString(file, "{");
        run(experiment, directory, 4);
        assertThat(Store.open(directory).provenance().jobs()).isEqualTo(4);
    }

    @Test
    void theStoreTellsWhatItWasMadeWith() {
        Experiment experiment = TinyData.experiment(ITERATIONS, "trials=1");
        run(experiment, directory, 1);
        Store store = Store.open(directory);
        assertThat(store.experiment()).isEqualTo(experiment);
        assertThat(store.provenance().version()).isEqualTo("test");
        assertThat(store.provenance().command()).containsExactly("run");
        assertThat(store.provenance().data())
                .isEqualTo(Map.of("tiny", TinyData.data().get("tiny").digest()));
        assertThat(store.timings()).extracting(timing -> timing.event()).contains("started", "finished");
    }

    @Test
    void splitsThatLackClassesAreNamedAndStored() throws Exception {
        DataSet set = Objects.requireNonNull(TinyData.data().get("tiny"));
        Split train = set.train();
        int[] labels = train.labels().clone();
        Arrays.fill(labels, 0, 30, 1); // all of the validation images
        Map<String, DataSet> data = Map.of(
                "tiny",
                new DataSet(
                        "tiny",
                        4,
                        4,
                        3,
                        new Split("train", train.shape(), train.images(), labels),
                        set.test(),
                        set.digests()));
        Experiment experiment = TinyData.experiment(4, "trials=1", "strategies=[none]");
        List<String> warnings = new ArrayList<>();
        RunObserver observer = new RunObserver() {
            @Override
            public void warned(String sentence) {
                warnings.add(sentence);
            }
        };
        runner(experiment, directory.resolve("first"), 1, observer).run(data);
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("warning: data set tiny: the validation split has no image of classes 0, 2,");
        assertThat(Store.open(directory.resolve("first")).missingClasses())
                .containsExactly(new MissingClasses("tiny", "validation", List.of(0, 2)));
        assertThatThrownBy(() -> runner(
                                TinyData.experiment(
                                        4, "trials=1", "strategies=[none]", "robustness={weights: best-validation}"),
                                directory.resolve("best"),
                                1,
                                observer)
                        .run(data))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("best-validation is refused");
        warnings.clear();
        runner(
                        TinyData.experiment(4, "trials=1", "strategies=[none]", "data.split=stratified"),
                        directory.resolve("stratified"),
                        1,
                        observer)
                .run(data);
        assertThat(warnings).isEmpty();
        assertThat(Store.open(directory.resolve("stratified")).missingClasses()).isEmpty();
    }

    @Test
    void trialsThatEndEarlyAreStoredAndReadAgain() {
        Experiment experiment = TinyData.experiment(
                4, "trials=1", "strategies=[original]", "pruning={levels: 3, hidden: 1, output: 1}");
        List<String> warnings = new ArrayList<>();
        RunObserver observer = new RunObserver() {
            @Override
            public void warned(String sentence) {
                warnings.add(sentence);
            }
        };
        assertThat(runner(experiment, directory, 1, observer)
                        .run(TinyData.data())
                        .trained())
                .isEqualTo(2);
        assertThat(warnings).singleElement().asString().startsWith("note: pruning.levels is 3, but level 2");
        assertThat(Store.open(directory).trials().getFirst().levels()).hasSize(2);
        assertThat(run(experiment, directory, 1).trained()).isZero();
    }
}
