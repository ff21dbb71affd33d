package org.espalier.lab.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.network.Mask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose masks change in training, or are learnt. */
class MaskRuleRunTest {
    private static final int ITERATIONS = 24;

    @TempDir
    private Path directory;

    private static Experiment experiment(String mask, String... more) {
        java.util.List<String> overrides = new java.util.ArrayList<>(
                List.of("strategies=[none]", "training.mask=" + mask, "training.optimizer={kind: sgd, rate: 0.1}"));
        overrides.addAll(List.of(more));
        return TinyData.experiment(ITERATIONS, overrides.toArray(String[]::new));
    }

    private static RunOutcome run(Experiment experiment, Path directory, int jobs, KernelMode kernels, int stopAfter) {
        int[] left = {stopAfter};
        Runner[] runner = new Runner[1];
        RunObserver observer = new RunObserver() {
            @Override
            public synchronized void started(LevelInWork level, int iteration) {
                tick();
            }

            @Override
            public synchronized void measured(LevelInWork level, List<org.espalier.evaluate.Measurement> measurements) {
                tick();
            }

            private void tick() {
                if (--left[0] == 0) {
                    runner[0].stop();
                }
            }
        };
        runner[0] = new Runner(
                new RunRequest(experiment, directory, jobs, kernels, Duration.ofSeconds(30), "test", List.of("run")),
                observer);
        return runner[0].run(TinyData.data());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: rigl, density: 0.3, every: 5}",
                "{kind: set, density: 0.3, every: 4}",
                "{kind: snfs, density: 0.3, every: 5}",
                "{kind: early-bird, density: 0.3, every: 3, threshold: 0.3}",
                "{kind: robust-bird, density: 0.3, every: 3}",
                "{kind: rigl, densities: [0.2, 0.4, 1], every: 5}",
                "{kind: flying-bird, density: 0.3, every: 3, every-later: 5}",
                "{kind: flying-bird-plus, density: 0.3, every: 3, every-later: 2, images: 20, steps: 2, from: 0.3}",
                "{kind: edge-popup, density: 0.3, scores: 0.6}",
                "{kind: hydra, density: 0.3, pretrain: 0.4, scores: 0.3}",
                "{kind: harp, density: 0.3, pretrain: 0.4, scores: 0.3, start: 0.5}",
                "{kind: movement, density: 0.3}",
                "{kind: snip-it, density: 0.3, steps: 2, first: 0.2, every: 0.1, images: 20, batches: 2}",
                "{kind: snap-it, nodes: 0.4, steps: 2, first: 0.2, every: 0.1, images: 20, batches: 2}",
                "{kind: cnip, density: 0.3, steps: 2, first: 0.2, every: 0.1, images: 20, batches: 2}",
                "{kind: inverse-inheritance-style, density: 0.3, scale: 0.1}",
                "{kind: random-nodes-style, nodes: 0.3, images: 40}",
                "{kind: ntt, density: 0.3, refresh: 4}",
                "{kind: ntt-style, density: 0.3, refresh: 4}",
                "{kind: awt-style, density: 0.3, draws: 2, refresh: 4, steps: 2}"
            })
    void goesOnToTheSameBytesWithAnyJobsAndKernels(String rule) throws Exception {
        for (Mask mask : goesOn(experiment(rule))) {
            assertThat(mask.density()).isBetween(0.1, rule.contains("inverse-inheritance") ? 1 : 0.36);
        }
    }

    @Test
    void ticketsOfChannelsGoOnToTheSameBytes() throws Exception {
        List<Mask> masks = goesOn(experiment(
                "{kind: early-bird, of: channels, density: 0.4, every: 2, threshold: 0.3}",
                "network={initial: pytorch, layers: [{conv2d: {channels: 5, kernel: 3, padding: 1}}, {batch-norm: {}}, relu,"
                        + " flatten, {linear: 7}, relu, linear]}"));
        for (Mask mask : masks) {
            // 2 of 5 channels stay: their 9 weights each, and their 16 pixels in each of 7 rows.
            assertThat(mask.count(0)).isEqualTo(18);
            assertThat(mask.count(1)).isEqualTo(224);
            assertThat(mask.count(2)).isEqualTo(21);
        }
    }

    private List<Mask> goesOn(Experiment experiment) throws Exception {
        Path whole = directory.resolve("whole");
        assertThat(run(experiment, whole, 1, KernelMode.AUTO, -1).stopped()).isFalse();
        Map<String, String> expected = Trees.digests(whole);
        Path pieces = directory.resolve("pieces");
        int runs = 0;
        while (run(experiment, pieces, 1 + runs % 2, KernelMode.values()[runs % 3], 2 + runs % 3)
                .stopped()) {
            runs++;
        }
        assertThat(runs).isGreaterThan(3);
        assertThat(Trees.digests(pieces)).isEqualTo(expected);
        Store store = Store.open(whole);
        List<Mask> masks = new java.util.ArrayList<>();
        for (StoredLevel level : store.levels(store.trials().getFirst())) {
            Mask mask = level.trained().orElseThrow().mask();
            // The level's counts are those of the network that it gives.
            assertThat(level.density().orElseThrow()).isEqualTo(mask.density());
            masks.add(mask);
        }
        return masks;
    }

    @Test
    void theMaskIsPartOfTheKeyAndItsAbsenceIsNot() {
        Experiment rigl = experiment("{kind: rigl, density: 0.3}");
        Experiment other = experiment("{kind: rigl, density: 0.2}");
        assertThat(org.espalier.lab.experiment.ExperimentFile.identity(rigl.training())
                        .toString())
                .doesNotContain("densities");
        assertThat(org.espalier.lab.experiment.ExperimentFile.identity(
                                experiment("{kind: early-bird, density: 0.3}").training())
                        .toString())
                .doesNotContain("penalty")
                .doesNotContain("of=");
        assertThat(org.espalier.lab.experiment.ExperimentFile.identity(rigl.training()))
                .containsKey("mask")
                .isNotEqualTo(org.espalier.lab.experiment.ExperimentFile.identity(other.training()));
        assertThat(org.espalier.lab.experiment.ExperimentFile.identity(
                        TinyData.experiment(ITERATIONS).training()))
                .doesNotContainKey("mask");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rigl | strategies=[original] | strategies has original, expected [none]: training.mask is rigl",
                "rigl | objectives=[ibp] | training.mask is rigl, which needs gradients of pruned weights",
                "set | objectives=[{name: guarded, attack: pgd, method: {kind: fast, guard: {}}}] | training.mask is set, which objective guarded does not go with",
                "rigl | objectives=[{name: narrow, attack: pgd, method: {kind: tscnc-style}}] | training.mask is rigl, which objective narrow does not go with",
                "hydra | objectives=[{name: moved, attack: pgd, method: {kind: awp}}] | training.mask is hydra, which learns scores with zeros in place of pruned weights, expected no method that moves weights: objective moved",
                "edge-popup | objectives=[{name: moved, attack: pgd, method: {kind: awp, loss: trades}}] | training.mask is edge-popup, which learns scores with zeros",
                "{kind: flying-bird, every: 40} | trials=1 | has no event before the last of 24 updates: every is 40 and every-later 1200, expected less",
                "{kind: flying-bird-plus, every: 900} | trials=1 | has no event before the last of 24 updates",
                "{kind: set, every: 40} | trials=1 | has no event before the last of 24 updates: every is 40, expected less",
                "hydra | training.keep-weights=best-clean | training.keep-weights is best-clean, expected last",
                "{kind: hydra, pretrain: 0.9, scores: 0.3} | trials=1 | expected a sum of at most 1",
                "{kind: edge-popup, scores: 0.001} | trials=1 | a phase has no update",
                "{kind: early-bird, latest: 0.01} | trials=1 | expected at least 1 update before and after it",
                "{kind: harp, density: 0.9, start: 0.05} | trials=1 | start is 0.05, expected more than the least",
                "harp | objectives=[natural] | training.mask is harp, which learns from a robust loss, expected an attack or a bound in every objective: natural has none",
                "{kind: snap-it, first: 0.8, every: 0.1} | trials=1 | has its last of 7 prunings at update 34",
                "{kind: snip-it, first: 0.8, every: 0.1} | trials=1 | has its last of 7 prunings at update 34",
                "{kind: inverse-inheritance-style, search: 0.5, sparse: 0.5} | trials=1 | expected at least 1 update in each",
                "{kind: movement, warm-up: 0.6, cool-down: 0.6} | trials=1 | expected a sum below 1",
                "{kind: flying-bird, growth: momentum} | trials=1 | growth is momentum, expected random or gradient",
                "{kind: rigl, density: 0} | trials=1 | training.mask.density is 0, expected a number above 0",
                "rigle | trials=1 | training.mask is rigle, did you mean"
            })
    void refusesWhatMakesNoSenseInOneLine(String rule, String override, String message) {
        assertThatThrownBy(() -> experiment(rule, override))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: early-bird, of: channels} | training.mask does not fit the network: of is channels, which are ranked by the scales of batch norms, expected a network with a batch norm",
                "{kind: robust-bird, of: channels} | training.mask does not fit the network: of is channels",
                "{kind: rigl, densities: [0.5]} | training.mask does not fit the network: densities has 1 numbers, expected"
            })
    void refusesWhatDoesNotFitTheNetworkInOneLine(String rule, String message) {
        assertThatThrownBy(() -> run(experiment(rule), directory, 1, KernelMode.AUTO, -1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]*");
    }
}
