package org.espalier.lab.study.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedValuesTest {
    private static final List<String> ARMS = List.of("dense", "shared-mean", "shared-min", "independent", "sparse");

    @TempDir
    private Path directory;

    private Studies.Stored study(int jobs, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(
                List.of("steps=200", "hidden=[12, 10]", "batch=8", "warm-up=50", "target=40", "episodes=5", "runs=2"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("masked-values-style"),
                directory,
                settings,
                jobs,
                KernelMode.AUTO,
                (name, _) -> {
                    throw new IllegalStateException("needs no data, asked for " + name);
                },
                progress);
    }

    private static StudyResult.Table table(Studies.Stored stored, String name) {
        return stored.result().tables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingDependsOnJobsOrAKillAndTablesHaveEveryArmAndRun() throws Exception {
        Studies.Stored one = study(1, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, _ -> {
                    if (++lines[0] == 4) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        int[] left = new int[1];
        Studies.Stored again = study(3, _ -> left[0]++);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(first);
        assertThat(left[0]).isEqualTo(7);
        StudyResult.Table arms = table(one, "arms");
        assertThat(arms.rows()).extracting(List::getFirst).containsExactlyElementsOf(rows(ARMS));
        assertThat(arms.rows().get(1).get(1)).isEqualTo("100.0");
        assertThat(arms.rows().get(4).get(1)).isEqualTo("150.0");
        assertThat(arms.rows().get(5).get(1)).isEqualTo("50.0");
        // A weight is in none of three masks with probability 1/8.
        assertThat(Double.parseDouble(arms.rows().get(2).get(1))).isBetween(80.0, 95.0);
        assertThat(table(one, "runs").rows()).hasSize(10);
        assertThat(table(one, "reading").rows())
                .extracting(row -> row.get(0) + " less " + row.get(1))
                .containsExactly(
                        "shared-mean less dense",
                        "shared-min less dense",
                        "independent less dense",
                        "sparse less dense",
                        "shared-mean less sparse",
                        "shared-min less sparse",
                        "independent less sparse");
        assertThat(directory.resolve("studies/masked-values-style"))
                .isDirectoryContaining(file -> file.toString().endsWith("-reading.csv"));
    }

    private static List<String> rows(List<String> arms) {
        List<String> rows = new ArrayList<>(arms);
        rows.addFirst("random actions");
        return rows;
    }

    @Test
    void oneMaskThatKeepsAllIsTheDenseNetworkInEveryArm() {
        List<List<String>> rows = table(study(2, _ -> {}, "masks=1", "density=1", "runs=1"), "arms")
                .rows();
        List<String> dense = rows.get(1).subList(1, 12);
        for (int arm = 2; arm <= 5; arm++) {
            assertThat(rows.get(arm).subList(1, 12)).isEqualTo(dense);
        }
    }

    @Test
    void divergenceIsSaidAndNotDropped() {
        Studies.Stored stored = study(2, _ -> {}, "rate=1e38", "hidden=[4, 4, 4, 4, 4, 4, 4, 4]", "runs=1");
        List<String> dense = table(stored, "arms").rows().get(1);
        assertThat(dense).contains("diverged", "1 of 1");
        assertThat(table(stored, "runs").rows().getFirst().getLast()).isEqualTo("diverged");
        assertThat(table(stored, "reading").rows().getFirst()).contains("diverged");
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> study(1, _ -> {}, "warm-up=200"))
                .isInstanceOf(UserException.class)
                .hasMessage("warm-up is 200, expected less than steps, 200");
        assertThatThrownBy(() -> study(1, _ -> {}, "density=0.01"))
                .isInstanceOf(UserException.class)
                .hasMessage("density is 0.01, expected enough to keep one of the 48 weights of layer 1");
        assertThatThrownBy(() -> study(1, _ -> {}, "density=0")).isInstanceOf(UserException.class);
        assertThatThrownBy(() -> study(1, _ -> {}, "discount=1")).isInstanceOf(UserException.class);
    }
}
