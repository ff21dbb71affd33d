package org.espalier.lab.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.evaluate.Measurement;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.store.Store;
import org.espalier.network.Mask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches with every criterion: counts, bytes after an interruption, and settings that do not go together. */
class CriteriaTest {
    @TempDir
    private Path directory;

    private static Experiment experiment(String criterion, String... more) {
        return TinyData.experiment(
                12,
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(
                                        "trials=1",
                                        "pruning.criterion=" + criterion,
                                        "pruning.quota={kind: uniform, density: 0.2}",
                                        "strategies=[original]"),
                                java.util.stream.Stream.of(more))
                        .toArray(String[]::new));
    }

    private static RunRequest request(Experiment experiment, Path store) {
        return request(experiment, store, KernelMode.AUTO);
    }

    private static RunRequest request(Experiment experiment, Path store, KernelMode kernels) {
        return new RunRequest(experiment, store, 1, kernels, Duration.ofSeconds(30), "test", List.of("run"));
    }

    /** Stops a run after so many measurements. */
    private static final class Stopper implements RunObserver {
        private final AtomicInteger left;
        private Runner runner;

        Stopper(int after) {
            left = new AtomicInteger(after);
        }

        @Override
        public void measured(LevelInWork level, List<Measurement> measurements) {
            if (left.decrementAndGet() == 0) {
                runner.stop();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: magnitude-normalised}",
                "{kind: snip, images: 20, loss: adversarial}",
                "{kind: snip-it, images: 20, batches: 2, loss: mixed}",
                "{kind: grasp, samples: 5}",
                "{kind: synflow, rounds: 10}",
                "{kind: ntk-sap, rounds: 3, inputs: 10}",
                "{kind: fashapley, samples: 4, images: 30}",
                "{kind: cnip, images: 20}",
                "{kind: mad, images: 20, batches: 2, steps: 3}"
            })
    void everyCriterionKeepsItsCountAndGoesOnToTheSameBytes(String criterion) throws Exception {
        Experiment experiment = experiment(criterion, "pruning.scope=global");
        Path whole = directory.resolve("whole");
        new Runner(request(experiment, whole), RunObserver.NONE).run(TinyData.data());
        Path broken = directory.resolve("broken");
        for (int after : new int[] {3, 5, 1000}) {
            Stopper stopper = new Stopper(after);
            stopper.runner = new Runner(request(experiment, broken), stopper);
            stopper.runner.run(TinyData.data());
        }
        assertThat(Trees.digests(broken)).isEqualTo(Trees.digests(whole));
        Store store = Store.open(whole);
        List<String> levels = store.trials().getFirst().levels();
        Mask last = store.level(levels.get(2)).trained().orElseThrow().mask();
        int dense = 16 * 8 + 8 * 5 + 5 * 3;
        int first = dense - Math.toIntExact(Math.round(dense * (1 - Math.sqrt(0.2))));
        assertThat(store.level(levels.get(1)).trained().orElseThrow().mask().count())
                .isEqualTo(first);
        assertThat(last.count()).isEqualTo(first - Math.toIntExact(Math.round(first * (1 - Math.sqrt(0.2)))));
        for (int layer = 0; layer < 3; layer++) {
            assertThat(last.count(layer)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{kind: snap-it, images: 20}", "{kind: structured}", "{kind: structured, score: snap}"})
    void criteriaOfUnitsKeepThePlannedWeightsByLayer(String criterion) throws Exception {
        Experiment experiment = experiment(criterion);
        new Runner(request(experiment, directory), RunObserver.NONE).run(TinyData.data());
        Store store = Store.open(directory);
        List<String> levels = store.trials().getFirst().levels();
        // 8 and 5 units: 4 and 2 after the first pruning, 2 and 1 after the second.
        assertThat(store.level(levels.get(1)).trained().orElseThrow().mask().count())
                .isEqualTo(16 * 4 + 4 * 2 + 2 * 3);
        assertThat(store.level(levels.get(2)).trained().orElseThrow().mask().count())
                .isEqualTo(16 * 2 + 2 + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{kind: snip, images: 20, loss: adversarial}", "{kind: ntk-sap, rounds: 3, inputs: 10}"})
    void kernelsChangeNoMask(String criterion) throws Exception {
        Experiment experiment = experiment(criterion, "pruning.scope=global");
        for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            new Runner(request(experiment, directory.resolve(mode.name()), mode), RunObserver.NONE)
                    .run(TinyData.data());
        }
        assertThat(Trees.digests(directory.resolve("SPARSE"))).isEqualTo(Trees.digests(directory.resolve("DENSE")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pruning.criterion={kind: snip, loss: certified} | pruning.criterion has loss certified, expected a bound in"
                        + " every objective: pgd has none",
                "objectives=[{name: a, bound: ibp, method: {kind: awp}}] | has a with a method and a bound, expected one",
                "objectives=[{name: a, method: {kind: awp}}] | objectives cannot be used",
                "pruning.criterion=cnip | is layer, expected global for criterion cnip",
                "pruning={criterion: snap-it, scope: global} | is global, expected layer for criterion snap-it",
                "pruning.criterion=magnitude-normalised | is layer, expected global for criterion"
                        + " magnitude-normalised",
                "pruning={levels: 0, quota: {kind: uniform, density: 0.1}} | pruning.levels is 0, expected at least 1 to come"
                        + " to the densities of pruning.quota",
                "pruning.floor=some | expected none or a whole number"
            })
    void whatDoesNotGoTogetherIsRefusedInOneLine(String setting, String message) {
        assertThatThrownBy(() -> TinyData.experiment(12, setting))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aCriterionOfAttackedImagesNeedsAnAttack() {
        assertThatThrownBy(() -> TinyData.experiment(12, "pruning.criterion=mad", "objectives=[natural]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("pruning.criterion has loss adversarial, expected an attack in every objective:"
                        + " natural has none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pruning.floor=16 | pruning.floor is 16, expected at most 15, the weights of layer layers.2",
                "pruning={levels: 1, floor: 4, quota: {kind: uniform, density: 0.05}} | pruning.floor is 4, which keeps 14"
                        + " weights at the last level, expected a floor that allows the 9",
                "pruning={levels: 1, scope: global, floor: 5, quota: {kind: uniform, density: 0.05}} | pruning.floor is 5,"
                        + " which keeps 15 weights at the last level, expected a floor that allows the 9",
                "pruning.schedule={kind: cubic, warm-up: 1, cool-down: 1} | schedule cubic has 1 levels of warm-up and 1 of"
                        + " cool-down, expected fewer together than pruning.levels, 2",
                "pruning.schedule={kind: top-down} | schedule top-down has prunings for 5 levels, expected as many as"
                        + " pruning.levels, 2",
                "pruning.quota={kind: densities, densities: [0.1]} | densities has 1 numbers, expected 3"
            })
    void whatDoesNotFitTheNetworkIsRefusedInOneLine(String setting, String message) {
        Experiment experiment = TinyData.experiment(12, setting);
        assertThatThrownBy(() -> new Plan(experiment, TinyData.data()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }
}
