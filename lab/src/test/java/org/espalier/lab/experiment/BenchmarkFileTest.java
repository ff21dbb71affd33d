package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Definitions of benchmarks: equal budgets, places for numbers, and what is refused. */
class BenchmarkFileTest {
    private static final String FILE = """
            name: mine
            updates: 60
            sparsities: [0.75]
            trials: 2
            evaluation: {epsilon: 0.2, images: 10}
            experiment:
              attacks: {pgd: {kind: pgd, epsilon: $epsilon, step: $epsilon/4, steps: 3}}
              objectives: [{name: pgd, natural-share: 0, epsilon-ramp: {length: $iterations/7}}]
              evaluation: {attacks: [pgd]}
              pruning: {levels: 1, scope: global, quota: {kind: uniform, density: $density}, schedule: one-shot}
              strategies: [original]
            methods:
              - {name: first, prunes: before, criterion: any, experiment: {pruning: {criterion: snip}}}
              - name: second
                prunes: after
                criterion: magnitude
                trainings: 3
                sparsities: [0.5, 0.75]
                experiment: {pruning: {levels: 2}, strategies: [rewind-$iterations/4]}
            """;

    @TempDir
    private Path directory;

    private BenchmarkFile read(String text) throws IOException {
        return BenchmarkFile.read(
                Files.writeString(directory.resolve("mine.yaml"), text).toString());
    }

    @Test
    void everyMethodOfTheBenchmarksThatComeAlongMakesTheSameUpdates() {
        for (String name : BenchmarkFile.NAMES) {
            BenchmarkFile file = BenchmarkFile.read(name);
            assertThat(file.settings().name()).isEqualTo(name);
            assertThat(file.methods()).hasSizeGreaterThan(30);
            for (BenchmarkSettings.Method method : file.methods()) {
                for (double sparsity : file.settings().sparsities(method)) {
                    Experiment experiment = file.experiment(method, sparsity, 3);
                    assertThat(method.trainings() * experiment.training().iterations())
                            .as(experiment.name())
                            .isEqualTo(file.settings().updates());
                    assertThat(experiment.trials()).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void placesAreFilledWithNumbers() throws IOException {
        BenchmarkFile file = read(FILE);
        BenchmarkSettings.Method second = file.settings().methods().getLast();
        Experiment experiment = file.experiment(second, 0.75, 2);
        assertThat(experiment.name()).isEqualTo("second-s75");
        assertThat(experiment.training().iterations()).isEqualTo(20);
        assertThat(experiment.strategies()).containsExactly("rewind-5");
        assertThat(experiment
                        .objectives()
                        .getFirst()
                        .epsilonRamp()
                        .orElseThrow()
                        .length())
                .isEqualTo(2); // 20 / 7, rounded down
        assertThat(ExperimentFile.tree(experiment).toString())
                .contains("epsilon=0.2, step=0.05", "density=0.25", "levels=2");
        assertThat(file.settings().sparsities(second)).containsExactly(0.5, 0.75);
        assertThat(file.settings().sparsities(file.settings().methods().getFirst()))
                .containsExactly(0.75);
    }

    @Test
    void whatIsWrittenReadsBackAsTheSameBenchmark() throws IOException {
        for (String name : BenchmarkFile.NAMES) {
            BenchmarkFile file = BenchmarkFile.read(name);
            String written = file.write();
            BenchmarkFile again = read(written);
            assertThat(again.write()).isEqualTo(written);
            assertThat(again.settings()).isEqualTo(file.settings());
            BenchmarkSettings.Method method = file.methods().getLast();
            assertThat(again.experiment(method, 0.9, 1)).isEqualTo(file.experiment(method, 0.9, 1));
        }
    }

    @Test
    void furtherMethodsAndSparsitiesMakeALargerBenchmarkAndChangesAnother() throws IOException {
        BenchmarkFile one = read(FILE);
        BenchmarkFile larger = read(FILE + "  - {name: third, prunes: before, criterion: any, experiment: {}}\n");
        assertThat(larger.contains(one)).isTrue();
        assertThat(one.contains(larger)).isFalse();
        assertThat(read(FILE.replace("sparsities: [0.75]", "sparsities: [0.75, 0.9]"))
                        .contains(one))
                .isTrue();
        assertThat(read(FILE.replace("steps: 3", "steps: 4")).contains(one)).isFalse();
        assertThat(read(FILE.replace("images: 10", "images: 11")).contains(one)).isFalse();
        assertThat(read(FILE.replace("updates: 60", "updates: 120")).contains(one))
                .isFalse();
        BenchmarkFile certified = read(FILE.replace("images: 10", "images: 10, certify: crown"));
        assertThat(certified.contains(one)).isTrue();
        assertThat(one.contains(certified)).isFalse();
        assertThat(read(FILE.replace("images: 10", "images: 10, certify: ibp")).contains(certified))
                .isFalse();
        assertThat(read(FILE.replace("images: 10", "images: 11, certify: crown"))
                        .contains(one))
                .isFalse();
    }

    @Test
    void aFileThatExtendsAnotherChangesAndLeavesOut() throws IOException {
        BenchmarkFile file = read("extends: digits-mlp\nname: less\nupdates: 100\nomit: [snip, harp]\n");
        assertThat(file.methods()).extracting(BenchmarkSettings.Method::name).doesNotContain("snip", "harp");
        assertThat(file.methods()).hasSize(file.settings().methods().size() - 2);
        assertThat(file.settings().evaluation().suite()).isEqualTo("standard");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trainings: 3|trainings: 2|trainings is 2, expected 3: it prunes after training, with 2 prunings",
                "updates: 60|updates: 61|updates is 61, expected a multiple of 3, the trainings of method second",
                "$density|$densty|line 10: $densty is no place for a number, did you mean \"density\"?",
                "$epsilon/4|$epsilon/0|$epsilon/0 has 0, expected a number above 0",
                "[original]|[original, random]|1 objectives and 2 strategies, expected one of each",
                "'pruning: {levels: 2}'|'training: {iterations: 9}'|experiment.training.iterations is given, expected none",
                "trials: 2|'omit: [frist]'|'omit has frist, did you mean \"first\"?'",
                "name: second|name: first|methods has first twice",
            })
    void mistakesAreRefusedInOneLine(String there, String here, String message) {
        assertThatThrownBy(() -> {
                    BenchmarkFile file = read(FILE.replace(there, here));
                    for (BenchmarkSettings.Method method : file.methods()) {
                        file.experiment(method, 0.75, 1);
                    }
                })
                .isInstanceOf(UserException.class)
                .message()
                .contains(message)
                .doesNotContain("\n");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearestOne() {
        assertThatThrownBy(() -> BenchmarkFile.read("digit-mlp"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("did you mean benchmark digits-mlp?");
        assertThat(List.copyOf(BenchmarkFile.NAMES)).doesNotHaveDuplicates();
    }
}
