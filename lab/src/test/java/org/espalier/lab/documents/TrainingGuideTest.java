package org.espalier.lab.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.espalier.attack.Pgd;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.train.rate.LearningRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of docs/guides/training.md can be read, and the preset that it names runs. */
class TrainingGuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "guides", "training.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private static List<String> blocks() throws Exception {
        return BLOCK.matcher(Files.readString(GUIDE))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void everyBlockIsAnExperiment() throws Exception {
        assertThat(blocks()).hasSizeGreaterThanOrEqualTo(3);
        for (String block : blocks()) {
            assertThat(ExperimentFile.write(ExperimentFile.parse(block, "training.md")))
                    .isNotEmpty();
        }
    }

    @Test
    void fastAdversarialTrainingHasThePublishedNumbersAndRuns() throws Exception {
        Experiment whole = ExperimentFile.read("fast-adversarial", List.of());
        assertThat(whole.training().iterations()).isEqualTo(5500); // 10 epochs of 55,000 images
        assertThat(whole.training().batch()).isEqualTo(100);
        Pgd attack = (Pgd) whole.attack("fast");
        assertThat(attack.epsilon()).isEqualTo(0.3);
        assertThat(attack.step()).isEqualTo(0.375);
        assertThat(attack.steps()).isEqualTo(1);
        assertThat(attack.randomStart()).isTrue();
        LearningRate rate = ExperimentTranslator.training(
                        whole, whole.objectives().getFirst(), 0, new org.espalier.ticket.Restart.Original())
                .learningRate();
        assertThat(0.005 * rate.factor(2199)).isEqualTo(0.005);
        assertThat(rate.factor(5499)).isZero();

        Experiment small = ExperimentFile.read(
                "fast-adversarial",
                List.of(
                        "network={kind: mlp, hidden: [9], initial: glorot-uniform}",
                        "training.iterations=20",
                        "training.batch=20",
                        "evaluation.every=10",
                        "evaluation.images=20",
                        "trials=1",
                        "data={sets: [tiny], validation: 30}"));
        Path made = directory.resolve("made");
        new Runner(new RunRequest(small, made, 1, Duration.ofSeconds(30), "test", List.of("run")), RunObserver.NONE)
                .run(TinyData.data());
        Store store = Store.open(made);
        String key = store.trials().getFirst().levels().getFirst();
        assertThat(store.level(key).state()).isEqualTo(LevelState.DONE);
        assertThat(store.level(key).trained().orElseThrow().weights())
                .isNotEqualTo(store.level(key).initial().orElseThrow().weights());
    }
}
