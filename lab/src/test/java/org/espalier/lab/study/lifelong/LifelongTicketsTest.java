package org.espalier.lab.study.lifelong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifelongTicketsTest {
    @TempDir
    private Path directory;

    private static final DataSet DATA = MadeUpData.of("tiny", 6, split("train", 300), split("test", 90));

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, 36, 7, 140, 100, 1000);
    }

    private Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data=tiny",
                "unlabelled=other",
                "classes=1",
                "prunings=[1, 0, 2]",
                "hidden=[12]",
                "updates=40",
                "between=5",
                "replay=3",
                "validation=60",
                "runs=2"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("lifelong-tickets"), directory, settings, jobs, kernels, (_, _) -> DATA, progress);
    }

    private static double number(StudyResult.Table table, int row, String heading) {
        return Double.parseDouble(table.rows().get(row).get(table.headings().indexOf(heading)));
    }

    @Test
    void nothingDependsOnJobsKernelsOrAKillAndDensitiesAreThoseOfTheMasks() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {});
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        int[] lines = new int[1];
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {
                    if (++lines[0] == 9) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");
        assertThat(Files.readAllBytes(study(3, KernelMode.SPARSE, _ -> {}).file()))
                .isEqualTo(first);
        StudyResult.Table arms = one.result().tables().getFirst();
        StudyResult.Table tasks = one.result().tables().getLast();
        assertThat(arms.rows())
                .extracting(List::getFirst)
                .containsExactly("dense", "top-down", "bottom-up", "top-down-matched");
        assertThat(number(arms, 0, "density %")).isEqualTo(100);
        // 36 x 12 + 12 x 6 = 504 weights: 403, 403, then 322 and 258.
        assertThat(number(tasks, 3, "density %")).isCloseTo(100.0 * 403 / 504, within(0.01));
        assertThat(number(tasks, 5, "density %")).isCloseTo(100.0 * 258 / 504, within(0.01));
        // Masks of bottom-up never shrink after the first task, and one arm ends where it does.
        assertThat(number(tasks, 8, "density %")).isGreaterThanOrEqualTo(number(tasks, 6, "density %"));
        assertThat(number(arms, 3, "density %")).isCloseTo(number(arms, 2, "density %"), within(0.5));
        for (int row = 0; row < 4; row++) {
            assertThat(number(arms, row, "accuracy %")).isGreaterThan(60);
        }
    }

    @Test
    void aTicketGrowsWhereItFallsBehindAndIsKeptWhereItDoesNot() {
        StudyResult.Table kept = study(2, KernelMode.DENSE, _ -> {}, "slack=100", "drop=100", "runs=1")
                .result()
                .tables()
                .getLast();
        // 504 x 0.8^k, rounded at each step, stays at 51 or more.
        double first = number(kept, 6, "density %");
        assertThat(first).isBetween(10.0, 13.0);
        assertThat(number(kept, 8, "density %")).isEqualTo(first);
        // Told to grow, it takes in a tenth of what is outside at each task.
        StudyResult.Table grown = study(2, KernelMode.DENSE, _ -> {}, "slack=-100", "drop=100", "runs=1")
                .result()
                .tables()
                .getLast();
        assertThat(number(grown, 6, "density %")).isEqualTo(first);
        assertThat(number(grown, 7, "density %") - first).isBetween(8.5, 11.5);
        assertThat(number(grown, 8, "density %") - first).isBetween(16.0, 22.0);
    }

    @Test
    void earlierClassesAreReplayedOnly() {
        Tasks tasks = Tasks.of(DATA.train(), 3, 1, 3, Stream.root(1));
        assertThat(tasks.pool(2, 0)).hasSize(3);
        assertThat(tasks.pool(2, 2)).isEqualTo(tasks.fresh()[2]);
        assertThat(tasks.mixed(1)).hasSize(3 + tasks.fresh()[1].length);
        assertThat(tasks.fresh()[0]).contains(tasks.pool(2, 0));
        for (int image : tasks.fresh()[1]) {
            assertThat(DATA.train().labels()[image]).isEqualTo(1);
        }
    }

    @Test
    void moreClassesThanThereAreAreRefused() {
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {}, "classes=2"))
                .isInstanceOf(UserException.class)
                .hasMessage("classes is 2, expected at most 1: data set tiny has 3 classes for 3 tasks");
    }
}
