package org.espalier.report.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.LiveCounts;
import org.espalier.report.ReportFolder;
import org.espalier.report.ReportText;
import org.espalier.report.SyntheticStore;
import org.espalier.report.SyntheticStore.State;
import org.espalier.report.content.Report;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes of trained levels, from their masks. */
class SizeTableTest {
    @TempDir
    private Path home;

    private Report.Run run(SyntheticStore.Progress progress, String... more) {
        return report(progress, more).runs().getFirst();
    }

    private Report report(SyntheticStore.Progress progress, String... more) {
        var settings = new java.util.ArrayList<>(List.of(
                "trials=2",
                "strategies=[original]",
                "network.hidden=[6, 5]",
                "pruning.levels=3",
                "pruning.hidden=0.7",
                "training.iterations=500",
                "evaluation.every=250"));
        settings.addAll(List.of(more));
        SyntheticStore.write(home.resolve("store"), progress, "quick-mlp", settings.toArray(String[]::new));
        return read();
    }

    private Report read() {
        return Report.read(List.of(home.resolve("store")), Terms.USUAL);
    }

    private static Optional<Table> table(Report.Run run) {
        return SizeTable.of(run, run.results().cells().getFirst());
    }

    private static List<List<String>> rows(Report.Run run) {
        return table(run).orElseThrow().blocks().getFirst().rows();
    }

    private static String mean(List<LiveCounts> counts, ToLongFunction<LiveCounts> number) {
        double mean = counts.stream().mapToLong(number).average().orElseThrow();
        return String.format(Locale.ROOT, mean == Math.rint(mean) ? "%,.0f" : "%,.1f", mean);
    }

    @Test
    void rowsAreMeansOfWhatTheMasksLeave() {
        Report.Run run = run((_, _) -> State.DONE);
        assertThat(rows(run).getFirst()).containsExactly("4,784", "100.0", "11", "784", "4,784", "100.0", "2");
        assertThat(rows(run)).hasSize(4);
        for (int level = 0; level < 4; level++) {
            int at = level;
            List<LiveCounts> counts = run.store().trials().stream()
                    .map(trial -> LiveCounts.of(run.store()
                            .level(trial.levels().get(at))
                            .trained()
                            .orElseThrow()
                            .mask()))
                    .toList();
            List<String> row = rows(run).get(level);
            assertThat(row.get(0)).isEqualTo(mean(counts, LiveCounts::allWeights));
            assertThat(row.get(2)).isEqualTo(mean(counts, LiveCounts::hiddenUnits));
            assertThat(row.get(3)).isEqualTo(mean(counts, LiveCounts::inputs));
            assertThat(row.get(4)).isEqualTo(mean(counts, LiveCounts::multiplyAdds));
            assertThat(row.get(5)).as("without convolutions both shares agree").isEqualTo(row.get(1));
        }
        assertThat(rows(run).getLast().get(3)).isNotEqualTo("784");
        assertThat(table(run).orElseThrow().notes().getFirst())
                .startsWith("dense network: 4,784 weights, 11 hidden units, 784 inputs, 4,784 multiply-adds");
    }

    @Test
    void aConvolutionsWeightsCountAtEachPosition() {
        Report.Run run = run((_, _) -> State.DONE, "network=cnn-small", "trials=1", "pruning.levels=1");
        // 16 filters of 4 x 4 at 14 x 14 places, 32 of 16 x 4 x 4 at 7 x 7, then 1,568 x 100 and 100 x 10.
        long dense = 256 * 196 + 8192 * 49 + 156_800 + 1000;
        assertThat(rows(run).getFirst())
                .containsExactly(
                        "166,248", "100.0", "148", "784", String.format(Locale.ROOT, "%,d", dense), "100.0", "1");
        assertThat(rows(run).get(1).get(5)).isNotEqualTo("100.0");
    }

    @Test
    void onlyTrainedLevelsHaveARow() {
        assertThat(table(run((_, _) -> State.WAITING))).isEmpty();
        Report.Run run = run((id, level) ->
                level == 0 || id.trial() == 1 && level == 1 ? State.DONE : level == 1 ? State.BEGUN : State.WAITING);
        assertThat(table(run).orElseThrow().keys().rows())
                .containsExactly(List.of("original", "0"), List.of("original", "1"));
        assertThat(rows(run)).extracting(List::getLast).containsExactly("2", "1");
    }

    @Test
    void aDamagedOrMissingFileCostsItsRowOnlyAndIsNamed() throws IOException {
        Report.Run whole = run((_, _) -> State.DONE);
        StoredTrial trial = whole.store().trials().getFirst();
        Path damaged = file(whole, trial.levels().get(1));
        byte[] content = Files.readAllBytes(damaged);
        content[content.length - 1] ^= 1;
        Files.write(damaged, content);
        Path missing = file(whole, whole.store().trials().getLast().levels().get(1));
        Files.delete(missing);
        Path third = file(whole, trial.levels().get(2));
        Files.delete(third);

        Report report = read();
        Report.Run run = report.runs().getFirst();
        assertThat(table(run).orElseThrow().keys().rows())
                .containsExactly(List.of("original", "0"), List.of("original", "2"), List.of("original", "3"));
        assertThat(rows(run)).extracting(List::getLast).containsExactly("2", "1", "2");
        assertThat(table(run).orElseThrow().notes().getLast()).endsWith(": 3 trained levels");
        for (Path file : List.of(damaged, missing, third)) {
            assertThat(report.problems()).anyMatch(problem -> problem.startsWith(file.toString()));
        }
    }

    private static Path file(Report.Run run, String key) {
        return run.store().level(key).directory().resolve(StoredLevel.TRAINED);
    }

    @Test
    void theTableIsOnThePageInAFileAndInTheFullText() throws IOException {
        Report report = report((_, _) -> State.DONE);
        ReportFolder.write(report, OptionalInt.empty(), home.resolve("out"));
        assertThat(home.resolve("out/tables/quick-mlp-digits-pgd-size.csv"))
                .content()
                .contains("live inputs", "multiply-adds", "original,0,4784,100.0,11,784,4784,100.0,2");
        assertThat(home.resolve("out/index.html")).content().contains("size by level", "live units");
        assertThat(ReportText.full(report, OptionalInt.empty(), 100, StandardCharsets.UTF_8))
                .contains("size by level", "live inputs");
        assertThat(ReportText.brief(report, OptionalInt.empty(), 100)).doesNotContain("size by level");
    }
}
