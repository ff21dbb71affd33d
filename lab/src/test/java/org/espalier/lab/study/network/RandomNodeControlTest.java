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

class RandomNodeControlTest {
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

    private static Studies.Stored study(int jobs, KernelMode kernels, Consumer<String> progress, String... settings) {
        return Studies.run(
                Studies.kind("random-nodes-style"),
                run,
                List.of(settings),
                jobs,
                kernels,
                (set, _) -> Objects.requireNonNull(TinyData.data().get(set)),
                progress);
    }

    @Test
    void armsArePairedByRunAndAKillChangesNothing() throws Exception {
        String[] settings = {"masks=[1, 1, 40]", "runs=3", "images=30"};
        Studies.Stored one = study(1, KernelMode.DENSE, _ -> {}, settings);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        AtomicInteger lines = new AtomicInteger();
        assertThatThrownBy(() -> study(
                        1,
                        KernelMode.AUTO,
                        _ -> {
                            if (lines.incrementAndGet() == 4) {
                                throw new IllegalStateException("killed");
                            }
                        },
                        settings))
                .hasMessageContaining("killed");
        Studies.Stored again = study(3, KernelMode.SPARSE, _ -> {}, settings);
        assertThat(Files.readAllBytes(again.file())).isEqualTo(first);
        StudyResult.Table arms = one.result().tables().getFirst();
        assertThat(arms.rows()).hasSize(2 * 3); // natural and attacked
        for (int what = 0; what < 2; what++) {
            List<String> base = arms.rows().get(3 * what);
            List<String> same = arms.rows().get(3 * what + 1);
            assertThat(same.subList(0, 4)).isEqualTo(base.subList(0, 4));
            assertThat(same.subList(4, 7)).containsExactly("0.00", "0.00 to 0.00", "no");
        }
    }

    @Test
    void anObjectiveWithoutAnAttackIsMeasuredOnNaturalImages() {
        StudyResult.Table arms = study(
                        2, KernelMode.AUTO, _ -> {}, "objective=natural", "masks=[1, 5]", "runs=2", "images=30")
                .result()
                .tables()
                .getFirst();
        assertThat(arms.rows()).hasSize(2);
        assertThat(arms.rows().getFirst().getFirst()).isEqualTo("natural");
    }
}
