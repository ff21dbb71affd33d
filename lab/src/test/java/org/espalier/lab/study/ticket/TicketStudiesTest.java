package org.espalier.lab.study.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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

/** Studies of the tickets of one search that trains in moments. */
class TicketStudiesTest {
    private static final int UPDATES = 24;

    @TempDir
    private static Path run;

    @BeforeAll
    static void search() {
        new Runner(
                        new RunRequest(
                                TinyData.experiment(UPDATES), run, 2, Duration.ofSeconds(30), "test", List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
    }

    private static Studies.Stored study(String name, int jobs, KernelMode kernels, String... settings) {
        return study(name, jobs, kernels, _ -> {}, settings);
    }

    private static Studies.Stored study(
            String name, int jobs, KernelMode kernels, Consumer<String> progress, String... settings) {
        return Studies.run(
                Studies.kind(name),
                run,
                List.of(settings),
                jobs,
                kernels,
                (set, _) -> Objects.requireNonNull(TinyData.data().get(set)),
                progress);
    }

    private static String column(StudyResult.Table table, int row, String heading) {
        return table.rows().get(row).get(table.headings().indexOf(heading));
    }

    @Test
    void barriersDependOnNeitherJobsNorKernelsNorAKill() throws Exception {
        String[] settings = {"shared=[0, 12, 24, 99]", "points=5", "levels=[0, 1]"};
        Studies.Stored one = study("linear-mode-connectivity", 1, KernelMode.DENSE, settings);
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        assertThatThrownBy(() -> study(
                        "linear-mode-connectivity",
                        1,
                        KernelMode.AUTO,
                        _ -> {
                            throw new IllegalStateException("killed");
                        },
                        settings))
                .hasMessage("killed");
        Path parts =
                one.file().resolveSibling(one.file().getFileName().toString().replace(".json", ".parts"));
        assertThat(parts).isNotEmptyDirectory();
        Studies.Stored two = study("linear-mode-connectivity", 3, KernelMode.SPARSE, settings);
        assertThat(Files.readAllBytes(two.file())).isEqualTo(first);
        assertThat(parts).doesNotExist();
        assertThat(two.file().resolveSibling(two.file().getFileName().toString().replace(".json", "-barriers.csv")))
                .exists();
        StudyResult.Table table = one.result().tables().getFirst();
        // Two levels, three shares within the training, no attack and two attacks.
        assertThat(table.rows()).hasSize(2 * 3 * 3);
        for (int row = 0; row < table.rows().size(); row++) {
            if (column(table, row, "shared updates").equals("24")) {
                assertThat(column(table, row, "barrier")).isEqualTo("0.00");
                assertThat(column(table, row, "error 1 %")).isEqualTo(column(table, row, "error 2 %"));
            }
        }
        assertThat(one.result().figures()).hasSize(2);
        assertThat(one.result().figures().getFirst().curves().getFirst().x())
                .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
    }

    @Test
    void masksOverlapMoreThanByChanceWherePruningSharesALevel() {
        StudyResult.Table table =
                study("mask-overlap", 1, KernelMode.AUTO).result().tables().getFirst();
        assertThat(table.rows()).isNotEmpty();
        boolean strategies = false;
        for (int row = 0; row < table.rows().size(); row++) {
            double mean = Double.parseDouble(column(table, row, "mean"));
            double chance = Double.parseDouble(column(table, row, "by chance"));
            assertThat(chance).isBetween(0.0, 1.0);
            if (column(table, row, "between").equals("strategies")
                    && column(table, row, "level").equals("1")) {
                strategies = true;
                assertThat(mean).isGreaterThan(chance);
            }
        }
        assertThat(strategies).isTrue();
    }

    @Test
    void votesAreTheSameForAllKernelsAndJobs() throws Exception {
        Studies.Stored one = study("masked-ensemble-style", 1, KernelMode.DENSE, "steps=3");
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        Studies.Stored two = study("masked-ensemble-style", 3, KernelMode.SPARSE, "steps=3");
        assertThat(Files.readAllBytes(two.file())).isEqualTo(first);
        StudyResult.Table members = one.result().tables().getFirst();
        StudyResult.Table transfer = one.result().tables().getLast();
        assertThat(members.rows()).hasSize(3);
        for (int row = 0; row < 3; row++) {
            assertThat(transfer.rows().get(row).get(row + 1)).isEqualTo(column(members, row, "attacked itself"));
            assertThat(transfer.rows().getLast().get(row + 1)).isEqualTo(column(members, row, "vote attacked"));
        }
        assertThatThrownBy(() -> study("masked-ensemble-style", 1, KernelMode.AUTO, "trials=[1]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected two tickets or more to vote, found 1");
    }

    @Test
    void aSwitchIsMeasuredInExpectationOverItsTickets() throws Exception {
        Studies.Stored one = study("random-switch", 1, KernelMode.DENSE, "steps=3", "levels=[0, 1, 2]");
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        Studies.Stored two = study("random-switch", 3, KernelMode.SPARSE, "steps=3", "levels=[0, 1, 2]");
        assertThat(Files.readAllBytes(two.file())).isEqualTo(first);
        StudyResult.Table switching = one.result().tables().getFirst();
        StudyResult.Table tickets = one.result().tables().getLast();
        assertThat(tickets.rows()).hasSize(3);
        for (String[] pair : new String[][] {{"0", "clean"}, {"2", "average attacked"}}) {
            int row = Integer.parseInt(pair[0]);
            double sum = 0;
            double least = 100;
            for (int ticket = 0; ticket < 3; ticket++) {
                double each = Double.parseDouble(column(tickets, ticket, pair[1]));
                sum += each;
                least = Math.min(least, each);
            }
            assertThat(Double.parseDouble(column(switching, row, "expected"))).isCloseTo(sum / 3, within(0.02));
            assertThat(Double.parseDouble(column(switching, row, "least ticket")))
                    .isEqualTo(least);
            assertThat(Double.parseDouble(column(switching, row, "right by every ticket")))
                    .isLessThanOrEqualTo(least);
        }
        Studies.Stored more =
                study("random-switch", 2, KernelMode.AUTO, "steps=3", "levels=[0]", "searches=[" + run + "]");
        assertThat(more.result().tables().getLast().rows()).hasSize(2);
        assertThatThrownBy(() -> study("random-switch", 1, KernelMode.AUTO, "levels=[1]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("expected two tickets or more to switch between, found 1");
    }

    @Test
    void selectionScoresSubtractTheDivergence() throws Exception {
        Studies.Stored one = study("selection-score-style", 1, KernelMode.DENSE, "draws=2", "lambda=0.5");
        byte[] first = Files.readAllBytes(one.file());
        Files.delete(one.file());
        assertThat(Files.readAllBytes(study("selection-score-style", 3, KernelMode.SPARSE, "draws=2", "lambda=0.5")
                        .file()))
                .isEqualTo(first);
        StudyResult.Table levels = one.result().tables().getLast();
        assertThat(levels.rows()).hasSizeGreaterThan(3);
        for (int row = 0; row < levels.rows().size(); row++) {
            double divergence = Double.parseDouble(column(levels, row, "divergence"));
            double validation = Double.parseDouble(column(levels, row, "validation %"));
            assertThat(divergence).isPositive();
            assertThat(Double.parseDouble(column(levels, row, "score")))
                    .isCloseTo(validation / 100 - 0.5 * divergence, within(1e-4));
        }
    }

    @Test
    void settingsThatDoNotFitAreRefusedInOneSentence() {
        assertThatThrownBy(() -> study("linear-mode-connectivity", 1, KernelMode.AUTO, "points=1"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("points is 1, expected");
        assertThatThrownBy(() -> study("linear-mode-connectivity", 1, KernelMode.AUTO, "levels=[77]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("level is 77, expected 0 to");
        assertThatThrownBy(() -> study("linear-mode-connectivity", 1, KernelMode.AUTO, "shared=[25]"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("shared is [25], expected at least one number up to 24");
        assertThatThrownBy(() -> Studies.kind("mask-overlp"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("mask-overlap");
        assertThatThrownBy(() -> study("mask-overlap", 1, KernelMode.AUTO, "least=99"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no two trained tickets");
    }
}
