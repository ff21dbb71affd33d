package org.espalier.lab.study.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTicketsTest {
    @TempDir
    private Path directory;

    private static final DataSet DATA = MadeUpData.of(
            "tiny",
            6,
            MadeUpData.split("train", 200, 36, 7, 60, 190, 1000),
            MadeUpData.split("test", 20, 36, 7, 60, 190, 1000));

    private Studies.Stored study(int jobs, Consumer<String> progress, String... more) {
        List<String> settings = new ArrayList<>(
                List.of("data=tiny", "nodes=120", "labelled=5", "rounds=2", "epochs=30", "runs=2", "shares=[0, 0.5]"));
        settings.addAll(List.of(more));
        return Studies.run(
                Studies.kind("graph-tickets-style"),
                directory,
                settings,
                jobs,
                KernelMode.AUTO,
                (_, _) -> DATA,
                progress);
    }

    private static double number(StudyResult.Table table, int row, String heading) {
        return Double.parseDouble(table.rows().get(row).get(table.headings().indexOf(heading)));
    }

    @Test
    void nothingDependsOnJobsOrAKillAndAttacksHurt() throws Exception {
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
        assertThat(Files.readAllBytes(study(2, _ -> {}).file())).isEqualTo(first);
        StudyResult.Table table = one.result().tables().getFirst();
        assertThat(table.rows())
                .extracting(List::getFirst)
                .containsExactly("dense", "top-k", "ticket-1", "random-1", "ticket-2", "random-2");
        assertThat(table.rows().get(4).get(1)).isEqualTo("64.06"); // 369 of 576
        for (int row = 0; row < 6; row++) {
            double clean = number(table, row, "clean");
            assertThat(clean).isGreaterThan(50);
            assertThat(number(table, row, "DICE 0 %")).isEqualTo(clean);
            assertThat(number(table, row, "pixels 0 %")).isEqualTo(clean);
            assertThat(number(table, row, "DICE 50 %")).isLessThan(clean);
            assertThat(number(table, row, "PGD own")).isLessThanOrEqualTo(clean);
        }
        assertThat(number(table, 0, "PGD own")).isEqualTo(number(table, 0, "PGD moved"));
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> study(1, _ -> {}, "winners=17"))
                .isInstanceOf(UserException.class)
                .hasMessage("winners is 17, expected at most the 16 hidden units");
        assertThatThrownBy(() -> study(1, _ -> {}, "nodes=300"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nodes is 300, expected");
        assertThatThrownBy(() -> study(1, _ -> {}, "labelled=100"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no node is left to test");
    }
}
