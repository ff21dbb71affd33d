package org.espalier.lab.study.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

class AdversarialKernelsTest {
    @TempDir
    private static Path run;

    @BeforeAll
    static void search() {
        search(run, "strategies=[none]", "objectives=[pgd, natural, fgsm]");
    }

    private static void search(Path directory, String... overrides) {
        new Runner(
                        new RunRequest(
                                TinyData.experiment(12, overrides),
                                directory,
                                2,
                                Duration.ofSeconds(30),
                                "test",
                                List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
    }

    private static Studies.Stored study(
            Path directory, int jobs, KernelMode kernels, Consumer<String> progress, String... settings) {
        return Studies.run(
                Studies.kind("awt-kernels-style"),
                directory,
                List.of(settings),
                jobs,
                kernels,
                (set, _) -> Objects.requireNonNull(TinyData.data().get(set)),
                progress);
    }

    @Test
    void theSearchNearsTheKernelAndNothingDependsOnJobsKernelsOrAKill() throws Exception {
        String[] settings = {
            "densities=[0.3, 0.6]",
            "search=60",
            "refresh=10",
            "rate=0.01",
            "tangent=0.1",
            "decay=0",
            "points=20",
            "images=30",
            "runs=2"
        };
        Studies.Stored one = study(run, 1, KernelMode.DENSE, _ -> {}, settings);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        AtomicInteger lines = new AtomicInteger();
        assertThatThrownBy(() -> study(
                        run,
                        1,
                        KernelMode.AUTO,
                        _ -> {
                            if (lines.incrementAndGet() == 6) {
                                throw new IllegalStateException("killed");
                            }
                        },
                        settings))
                .hasMessageContaining("killed");
        Studies.Stored again = study(run, 3, KernelMode.SPARSE, _ -> {}, settings);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(first);
        StudyResult.Table arms = one.result().tables().getFirst();
        assertThat(arms.rows()).hasSize(2 * 4);
        for (int density = 0; density < 2; density++) {
            for (int kernel = 2; kernel <= 4; kernel += 2) { // clean and attacked images
                double searched =
                        Double.parseDouble(arms.rows().get(4 * density).get(kernel));
                double random =
                        Double.parseDouble(arms.rows().get(4 * density + 3).get(kernel));
                assertThat(searched).isLessThan(random);
                assertThat(random).isBetween(0.1, 1.5);
            }
        }
        StudyResult.Table reading = one.result().tables().get(1);
        assertThat(reading.rows()).hasSize(2 * 2 * 3);
        assertThat(reading.rows().getFirst())
                .startsWith("0.3", "random", "kernel")
                .endsWith("2 of 2 runs");
    }

    /** All masks are then dense and all networks the first one, which has no distance from itself. */
    @Test
    void atDensityOneAllArmsAreTheDenseNetwork() {
        StudyResult.Table arms = study(
                        run,
                        2,
                        KernelMode.AUTO,
                        _ -> {},
                        "densities=[1]",
                        "search=4",
                        "decay=0",
                        "points=10",
                        "images=30",
                        "runs=1")
                .result()
                .tables()
                .getFirst();
        assertThat(arms.rows()).hasSize(4);
        for (List<String> row : arms.rows()) {
            assertThat(row.subList(2, 10)).containsExactly("0.0000", "", "0.0000", "", "0.0000", "", "0.0000", "");
            assertThat(row.subList(2, 14)).isEqualTo(arms.rows().getFirst().subList(2, 14));
        }
    }

    @Test
    void searchesThatTheStudyCannotUseAreRefused(@TempDir Path convolutions) {
        assertThatThrownBy(() -> study(run, 1, KernelMode.AUTO, _ -> {}, "objective=natural"))
                .hasMessageContaining("objective natural has no attack, expected pgd");
        assertThatThrownBy(() -> study(run, 1, KernelMode.AUTO, _ -> {}, "objective=fgsm"))
                .hasMessageContaining("objective fgsm is attacked by fgsm, expected pgd");
        assertThatThrownBy(() -> study(run, 1, KernelMode.AUTO, _ -> {}, "densities=[0.5, 0]"))
                .hasMessageContaining("densities has 0.0, expected numbers above 0 and at most 1");
        search(convolutions, TinyData.CONVOLUTIONS, "trials=1", "strategies=[none]");
        assertThatThrownBy(() -> study(convolutions, 1, KernelMode.AUTO, _ -> {}))
                .hasMessageContaining("expected a fully connected one");
    }
}
