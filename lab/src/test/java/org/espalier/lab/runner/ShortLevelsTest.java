package org.espalier.lab.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.evaluate.Measurement;
import org.espalier.fixtures.Trees;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.ticket.Restart;
import org.espalier.ticket.schedule.Accelerated;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches whose levels between the dense one and the last are short. */
class ShortLevelsTest {
    @TempDir
    private Path directory;

    private static Experiment experiment(String schedule) {
        return TinyData.experiment(
                12,
                "trials=1",
                "strategies=[original, rewind-4]",
                "pruning.levels=3",
                "training.rate-warm-up=4",
                "objectives=[{name: pgd, attack: pgd, epsilon-ramp: {start: 2, length: 6}}]",
                "pruning.schedule=" + schedule);
    }

    private static RunRequest request(Experiment experiment, Path store) {
        return new RunRequest(experiment, store, 1, KernelMode.AUTO, Duration.ofSeconds(30), "test", List.of("run"));
    }

    @Test
    void aLengthOfOneIsIterativePruningBitForBit() {
        new Runner(request(experiment("geometric"), directory.resolve("imp")), RunObserver.NONE).run(TinyData.data());
        new Runner(request(experiment("{kind: aimp-style, length: 1}"), directory.resolve("aimp")), RunObserver.NONE)
                .run(TinyData.data());
        Store imp = Store.open(directory.resolve("imp"));
        Store aimp = Store.open(directory.resolve("aimp"));
        assertThat(aimp.trials().stream().map(StoredTrial::levels).toList())
                .isEqualTo(imp.trials().stream().map(StoredTrial::levels).toList());
        for (String key : imp.trials().getFirst().levels()) {
            assertThat(aimp.level(key).trained()).isEqualTo(imp.level(key).trained());
            assertThat(aimp.level(key).metrics()).isEqualTo(imp.level(key).metrics());
        }
    }

    @Test
    void levelsBetweenAreShortAndGoOnToTheSameBytes() throws Exception {
        Experiment experiment = experiment("{kind: aimp-style, length: 0.25}");
        Path whole = directory.resolve("whole");
        new Runner(request(experiment, whole), RunObserver.NONE).run(TinyData.data());
        Store store = Store.open(whole);
        for (StoredTrial trial : store.trials()) {
            int[] lengths = trial.levels().stream()
                    .mapToInt(key -> store.level(key).metrics().stream()
                            .mapToInt(Measurement::iteration)
                            .max()
                            .orElseThrow())
                    .toArray();
            assertThat(lengths).containsExactly(12, 3, 3, 12);
        }
        Path broken = directory.resolve("broken");
        for (int after : new int[] {4, 6, 3, 1000}) {
            AtomicInteger left = new AtomicInteger(after);
            Runner[] runner = new Runner[1];
            runner[0] = new Runner(request(experiment, broken), new RunObserver() {
                @Override
                public void measured(LevelInWork level, List<Measurement> measurements) {
                    if (left.decrementAndGet() == 0) {
                        runner[0].stop();
                    }
                }
            });
            runner[0].run(TinyData.data());
        }
        Map<String, String> expected = Trees.digests(whole);
        assertThat(Trees.digests(broken)).isEqualTo(expected);
    }

    @Test
    void whatIsCountedInUpdatesIsShortenedAlike() {
        Experiment experiment = experiment("{kind: aimp-style, length: 0.5}");
        TrainingSettings settings = ExperimentTranslator.training(
                experiment, experiment.objectives().getFirst(), 1, new Restart.Rewind(4), 6);
        assertThat(settings.learningRate().iterations()).isEqualTo(6);
        assertThat(settings.learningRate().warmUp()).isEqualTo(2);
        assertThat(settings.learningRate().firstUpdate()).isEqualTo(2);
        assertThat(settings.objective().toString()).contains("warmUp=1, length=3");
        assertThat(ExperimentTranslator.iterations(experiment, 0, 3)).isEqualTo(12);
        assertThat(ExperimentTranslator.iterations(experiment, 1, 3)).isEqualTo(6);
        assertThat(ExperimentTranslator.iterations(experiment, 3, 3)).isEqualTo(12);
    }

    @Test
    void theUpdatesOfAWholeSearchAreAsInTheSource() {
        for (double length : new double[] {1, 0.25}) {
            Accelerated schedule = new Accelerated(length);
            double whole = 1;
            for (int level = 1; level <= 20; level++) {
                whole += schedule.length(level, 20);
            }
            assertThat(whole).isCloseTo(length == 1 ? 21 : 6.75, within(1e-12));
        }
    }

    @Test
    void aLengthOfNothingIsRefusedInOneLine() {
        assertThatThrownBy(() -> experiment("{kind: aimp-style, length: 0}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("pruning.schedule.length is 0, expected a number above 0")
                .hasMessageMatching("[^\\n]*");
    }
}
