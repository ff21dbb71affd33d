package org.espalier.lab.study.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseArchitecturesTest {
    private static final String[] SMALL = {"networks=[6-4, 9]", "weights=40", "runs=2"};

    @TempDir
    private static Path run;

    @BeforeAll
    static void search() {
        new Runner(
                        new RunRequest(
                                TinyData.experiment(12, "strategies=[none]", "objectives=[pgd, natural]"),
                                run,
                                2,
                                Duration.ofSeconds(30),
                                "test",
                                List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
    }

    private static Studies.Stored study(
            int jobs, KernelMode kernels, java.util.function.Consumer<String> progress, String... settings) {
        return Studies.run(
                Studies.kind("dass-style"),
                run,
                List.of(settings),
                jobs,
                kernels,
                (set, _) -> Objects.requireNonNull(TinyData.data().get(set)),
                progress);
    }

    @Test
    void theLowestLossOfEachRunIsChosenAndAKillChangesNothing() throws Exception {
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {}, SMALL);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        AtomicInteger lines = new AtomicInteger();
        assertThatThrownBy(() -> study(
                        1,
                        KernelMode.AUTO,
                        _ -> {
                            if (lines.incrementAndGet() == 3) {
                                throw new IllegalStateException("killed");
                            }
                        },
                        SMALL))
                .hasMessageContaining("killed");
        Studies.Stored again = study(3, KernelMode.SPARSE, _ -> {}, SMALL);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(first);

        StudyResult.Table chosen = one.result().tables().getFirst();
        StudyResult.Table tried = one.result().tables().getLast();
        assertThat(tried.rows()).hasSize(2 * 3 + 2);
        assertThat(chosen.rows()).hasSize(3 * 3);
        for (int number = 0; number < 2; number++) {
            int column = 2 + number;
            List<String> best = tried.rows().stream()
                    .filter(row -> !row.get(1).equals("dense"))
                    .min(Comparator.comparingDouble(row -> Double.parseDouble(row.get(column))))
                    .orElseThrow();
            assertThat(chosen.rows().get(number).subList(2, 4)).isEqualTo(best.subList(0, 2));
            List<String> dense = tried.rows().stream()
                    .filter(row -> row.get(1).equals("dense"))
                    .min(Comparator.comparingDouble(row -> Double.parseDouble(row.get(column))))
                    .orElseThrow();
            assertThat(chosen.rows().get(3 + number).subList(2, 4)).containsExactly(dense.getFirst(), "magnitude");
        }
        for (List<String> row : chosen.rows()) {
            if (!row.get(1).equals("mean")) {
                assertThat(Integer.parseInt(row.get(4))).isBetween(38, 42);
            }
        }
    }

    @Test
    void whatCannotBeChosenIsRefusedInOneSentence() {
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {}, "objective=natural", "networks=[9]", "weights=40"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("objective natural has no attack, expected one");
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {}, "networks=[9x]", "weights=40"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("networks has 9x, expected widths such as 300-100");
        assertThatThrownBy(() -> study(1, KernelMode.AUTO, _ -> {}, "networks=[2]", "weights=400"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("weights is 400, expected at most");
    }
}
