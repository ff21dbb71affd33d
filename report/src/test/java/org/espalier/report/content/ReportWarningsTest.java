package org.espalier.report.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.report.ReportFolder;
import org.espalier.report.ReportText;
import org.espalier.report.SyntheticRobustness;
import org.espalier.report.SyntheticStore;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Panel;
import org.espalier.report.figure.CellFigures;
import org.espalier.report.figure.NetworkFigures;
import org.espalier.report.format.ResultsCsv;
import org.espalier.report.result.Cell;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says of data that lack classes, of levels that prune nothing and of damaged files. */
class ReportWarningsTest {
    private static final String SENTENCE =
            "data set digits: the validation split has no image of classes 1, 2, so early"
                    + " stopping and best weights mean nothing there";

    @TempDir
    private Path home;

    private Path store(String... more) {
        var settings = new java.util.ArrayList<>(List.of(
                "trials=3",
                "network.hidden=[4]",
                "strategies=[original, random]",
                "objectives=[pgd]",
                "training.iterations=500",
                "evaluation.every=250",
                "pruning.levels=2"));
        settings.addAll(List.of(more));
        return SyntheticStore.write(home.resolve("store"), "quick-mlp", settings.toArray(String[]::new));
    }

    private static Report read(Path store) {
        return Report.read(List.of(store), Terms.USUAL);
    }

    private static String text(Report report) {
        return ReportText.full(report, OptionalInt.empty(), 1000, StandardCharsets.UTF_8);
    }

    private String page(Report report) throws IOException {
        ReportFolder.write(report, OptionalInt.empty(), home.resolve("out"));
        return Files.readString(home.resolve("out/index.html"));
    }

    @Test
    void validationImagesThatLackClassesChooseNothing() throws IOException {
        Path store = store();
        String before = ResultsCsv.of(read(store).runs().getFirst().results());
        assertThat(text(read(store))).contains("at early stopping").doesNotContain("Warning");
        Files.writeString(store.resolve("warnings.json"), """
                {"format":1,"missing-classes":[
                 {"dataset":"digits","split":"validation","classes":[1,2]},
                 {"dataset":"digits","split":"test","classes":[3]}]}
                """);

        Report report = read(store);
        assertThat(text(report))
                .startsWith("Warning: " + SENTENCE)
                .contains("Warning: data set digits: the test split has no image of class 3.")
                .contains("no early stopping: " + SENTENCE)
                .contains("Which density is best under pgd is not said: " + SENTENCE)
                .doesNotContain("at early stopping", "stopped at", "does not measure");
        assertThat(report.verdicts()).allMatch(verdict -> verdict.best().isEmpty() && !verdict.stopped());
        assertThat(page(report))
                .contains("Splits of the data lack classes", "the test split has no image of class")
                .contains("no early stopping: ")
                .doesNotContain("<h3>Early stopping</h3>");
        assertThat(ResultsCsv.of(report.runs().getFirst().results())).isEqualTo(before);
    }

    @Test
    void levelsThatPruneNothingAreLeftOutOfTablesAndTests() {
        Path store = store("pruning.hidden=0.0001", "pruning.output=0.0001");
        Report report = read(store);
        Cell cell = report.runs().getFirst().results().cells().getFirst();
        assertThat(cell.strategies()).extracting(Cell.Strategy::levels).containsOnly(1);
        assertThat(cell.series()).anyMatch(series -> series.level() == 2);
        assertThat(AccuracyTable.all(cell, OptionalInt.empty()))
                .allSatisfy(table -> assertThat(table.keys().rows()).hasSize(1));
        assertThat(report.verdicts()).isEmpty();
        for (FigureGroup group : CellFigures.of("a", cell)) {
            for (FigureGroup.Variant variant : group.variants()) {
                assertThat(variant.figure().panels())
                        .as(variant.figure().title())
                        .allSatisfy(
                                panel -> assertThat(densities(panel)).allMatch(density -> density.equals("100.0 %")));
            }
        }
        assertThat(NetworkFigures.of("n", Store.open(store), cell)
                        .groups()
                        .getFirst()
                        .variants())
                .allSatisfy(variant -> assertThat(
                                variant.figure().legends().getFirst().entries())
                        .hasSize(1));
        assertThat(text(report))
                .contains(
                        "original: pruning removes no weight at levels 1 to 2, which are left out of tables and tests");
    }

    /** Densities of a panel's lines, where a legend names them. */
    private static List<String> densities(Panel panel) {
        return ((Panel.Lines) panel)
                .lines().stream()
                        .map(line -> line.keys().getFirst())
                        .filter(key -> key.endsWith("%"))
                        .toList();
    }

    /** Evaluations of such levels are in the CSV files only. */
    @Test
    void evaluationsOfLevelsThatPruneNothingAreInNoTableOrFigure() {
        Path store = SyntheticRobustness.write(store("trials=1", "pruning.hidden=0.0001", "pruning.output=0.0001"), 10);
        Report.Run run = read(store).runs().getFirst();
        assertThat(run.robustness().evaluations()).anyMatch(each -> each.level() == 2);
        assertThat(run.robustness().evaluationsShown()).isNotEmpty().allMatch(each -> each.level() == 0);
        assertThat(run.robustness().certificatesShown()).isNotEmpty().allMatch(each -> each.level() == 0);
    }

    @Test
    void filesThatAreNotWhatTheyWereAreOnThePage() throws IOException {
        Path directory = store();
        assertThat(read(directory).problems()).isEmpty();
        StoredLevel level = Store.open(directory)
                .level(Store.open(directory).trials().getFirst().levels().getFirst());
        Path file = level.directory().resolve(StoredLevel.fileOf(false));
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
        Report report = read(directory);
        assertThat(report.problems())
                .singleElement()
                .asString()
                .startsWith(file.toString())
                .endsWith("to have the level computed again");
        assertThat(page(report)).contains("Not everything could be read", "to have the level computed again");
    }
}
