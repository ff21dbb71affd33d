package org.espalier.lab.study.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.espalier.UserException;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.runner.TinyData;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortenedLevelsTest {
    @TempDir
    private static Path home;

    private static void search(String name, String... settings) {
        List<String> all = new java.util.ArrayList<>(List.of("strategies=[original]", "pruning.levels=3"));
        all.addAll(List.of(settings));
        new Runner(
                        new RunRequest(
                                TinyData.experiment(12, all.toArray(String[]::new)),
                                home.resolve(name),
                                2,
                                Duration.ofSeconds(30),
                                "test",
                                List.of("run")),
                        RunObserver.NONE)
                .run(TinyData.data());
    }

    @BeforeAll
    static void searches() {
        search("full");
        search("short", "pruning.schedule={kind: aimp-style, length: 0.25}");
        search("other", "strategies=[random]");
        search("wide", "network.hidden=[9, 5]");
    }

    private static List<StudyResult.Table> study(String shorter, String full) {
        return Studies.run(
                        Studies.kind("aimp-style"),
                        home.resolve(shorter),
                        List.of("full=" + home.resolve(full)),
                        1,
                        KernelMode.AUTO,
                        (set, _) -> Objects.requireNonNull(TinyData.data().get(set)),
                        _ -> {})
                .result()
                .tables();
    }

    private static String cell(StudyResult.Table table, List<String> row, String heading) {
        return row.get(table.headings().indexOf(heading));
    }

    @Test
    void aSearchLosesNothingAgainstItself() {
        List<StudyResult.Table> tables = study("full", "full");
        assertThat(tables.get(0).rows())
                .hasSize(4 * 3)
                .allMatch(row -> cell(tables.get(0), row, "difference").equals("0.00"));
        assertThat(tables.get(1).rows())
                .hasSize(3 * 3)
                .allMatch(row -> cell(tables.get(1), row, "overlap").equals("1.0000"));
        assertThat(tables.get(2).rows().getFirst().getLast()).isEqualTo("0.00");
    }

    @Test
    void shorterLevelsSaveUpdatesAndFindOtherMasksFromTheSecondPruningOn() {
        List<StudyResult.Table> tables = study("short", "full");
        assertThat(tables.get(2).rows()).hasSize(1);
        // 12, 3, 3 and 12 updates in place of 48.
        assertThat(tables.get(2).rows().getFirst().subList(1, 4)).containsExactly("48", "30", "37.50");
        StudyResult.Table overlap = tables.get(1);
        boolean differs = false;
        for (List<String> row : overlap.rows()) {
            double found = Double.parseDouble(cell(overlap, row, "overlap"));
            if (cell(overlap, row, "level").equals("1")) {
                assertThat(found).isEqualTo(1); // the same dense network was pruned
            } else {
                differs |= found < 1;
            }
            assertThat(found).isBetween(0.0, 1.0);
        }
        assertThat(differs).isTrue();
        for (List<String> row : tables.get(0).rows()) {
            double difference = Double.parseDouble(cell(tables.get(0), row, "difference"));
            assertThat(difference)
                    .isBetween(
                            Double.parseDouble(cell(tables.get(0), row, "least")),
                            Double.parseDouble(cell(tables.get(0), row, "most")));
            if (cell(tables.get(0), row, "level").equals("0")) {
                assertThat(difference).isZero();
            }
        }
    }

    @Test
    void searchesThatCannotBeComparedAreRefused() {
        assertThatThrownBy(() -> study("short", "other"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("which has no trial of");
        assertThatThrownBy(() -> study("short", "wide"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("whose network is");
    }

    @Test
    void aResultIsOfTheTrainedLevelsOfTheOtherSearchToo() throws Exception {
        search("slow", "training.optimizer={kind: adam, rate: 0.0001}");
        Path other = home.resolve("moving");
        Files.move(home.resolve("full"), other);
        List<StudyResult.Table> before = study("short", "moving");
        assertThat(study("short", "moving")).isEqualTo(before);
        Files.move(other, home.resolve("full"));
        Files.move(home.resolve("slow"), other);
        List<StudyResult.Table> after = study("short", "moving");
        assertThat(after).isNotEqualTo(before);
        Files.move(other, home.resolve("slow"));
        Files.move(home.resolve("full"), other);
        assertThat(study("short", "moving")).isEqualTo(before);
        Files.move(other, home.resolve("full"));
    }

    @Test
    void theSearchesOfASwitchArePartOfItsKey() {
        Record settings =
                ExperimentFile.settings(Studies.kind("random-switch").settings(), List.of("searches=[one, two]"));
        assertThat(StudyKind.searchesOf(settings)).containsExactly(Path.of("one"), Path.of("two"));
    }
}
