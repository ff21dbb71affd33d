package org.espalier.report.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.report.ReportFolder;
import org.espalier.report.ReportText;
import org.espalier.report.SyntheticStore;
import org.espalier.report.SyntheticStore.State;
import org.espalier.report.TableFiles;
import org.espalier.report.format.CsvTable;
import org.espalier.report.table.AllTables;
import org.espalier.report.table.PaperTable;
import org.espalier.report.table.Table;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports on searches in every state. */
class ReportTest {
    private static final String[] SMALL = {
        "data.sets=[digits]",
        "objectives=[natural, pgd]",
        "strategies=[original, random]",
        "trials=2",
        "pruning.levels=2",
        "network.hidden=[4]",
        "training.iterations=40",
        "evaluation.every=10",
        "report.iteration=30"
    };

    @TempDir
    private Path home;

    private Path store(String name, SyntheticStore.Progress progress, String... more) {
        String[] settings = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(SMALL), java.util.Arrays.stream(more))
                .toArray(String[]::new);
        return SyntheticStore.write(home.resolve(name), progress, "paper", settings);
    }

    private static Report read(Path... directories) {
        return Report.read(List.of(directories), Terms.USUAL);
    }

    private static String text(Report report) {
        return ReportText.full(report, OptionalInt.empty(), 100, StandardCharsets.UTF_8);
    }

    @Test
    void aFinishedSearchHasVerdictsTablesAndCurves() {
        Report report = read(store("a", (_, _) -> State.DONE));
        assertThat(report.problems()).isEmpty();
        // Two objectives, two strategies, two attacks.
        assertThat(report.verdicts())
                .hasSize(8)
                .allMatch(v -> v.trials() == 2 && v.comparisons().size() == 2);
        assertThat(report.verdicts().stream().filter(TicketVerdict::trainedAgainst))
                .hasSize(2);
        assertThat(text(report))
                .startsWith(
                        "Is there a winning robust ticket?\n  digits, pgd training: not evaluated, for no suite of attacks")
                .contains(
                        "\nWinning robust tickets\n",
                        "~ Cosentino et al. 2019 publish pgd accuracies of 45.3 % for the dense")
                .contains("digits, original, normally trained / adversarially trained, test accuracy in % at iteration"
                        + " 30")
                .contains("Cosentino et al. 2019", "original, pgd accuracy in training, %")
                .doesNotContain("...");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        Report report = read(store("a", (_, _) -> State.DONE));
        for (int width : new int[] {80, 100, 160}) {
            assertThat(ReportText.full(report, OptionalInt.empty(), width, StandardCharsets.US_ASCII)
                            .lines()
                            .mapToInt(String::length)
                            .max()
                            .orElseThrow())
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void aSearchThatHasOnlyBegunSaysThatNothingIsThereYet() {
        Report report = read(store("a", (_, _) -> State.WAITING));
        assertThat(report.problems()).isEmpty();
        assertThat(report.verdicts())
                .allSatisfy(v -> assertThat(v.notShown().getFirst()).startsWith("The dense network is not finished"));
        assertThat(text(report)).contains("...", "0/2", "nothing measured yet");
        assertThat(AllTables.of(report, OptionalInt.empty()).entries()).isNotEmpty();
    }

    @Test
    void aSearchInWorkShowsWhatIsFinishedInHowManyTrials() {
        Report report = read(
                store("a", (id, level) -> id.trial() == 1 ? State.DONE : level == 0 ? State.BEGUN : State.WAITING));
        TicketVerdict verdict = report.verdicts().getFirst();
        assertThat(verdict.trials()).isEqualTo(1);
        assertThat(verdict.planned()).isEqualTo(2);
        assertThat(text(report)).contains("1/2", "1 of 2 trials are finished");
        Report.Trained trained = report.runs().getFirst().trained();
        assertThat(text(report).replaceAll("\\s+", " "))
                .startsWith("paper: " + trained.done() + " of " + trained.planned() + " levels are trained;");
    }

    @Test
    void aLevelThatIsGoneIsNamedOnceThoughStrategiesShareIt() {
        Report report = read(store("a", (id, level) -> level > 0 || id.trial() == 2 ? State.DONE : State.WAITING));
        assertThat(report.problems())
                .hasSize(2) // one for each objective
                .allSatisfy(p -> assertThat(p)
                        .contains(
                                " is missing, though a later level of digits ", " original trial 1 is there: level 0"));
    }

    @Test
    void aDivergedTrialIsLeftOutAndTold() {
        Report report = read(store(
                "a",
                (id, level) -> !id.strategy().equals("random") || id.trial() == 2 || level == 0
                        ? State.DONE
                        : level == 1 ? State.FAILED : State.WAITING));
        assertThat(text(report))
                .contains("left out: random, trial 1 diverged at level 1")
                .contains("at least one trial has diverged");
    }

    @Test
    void damagedLevelsAreLeftOutAndNamed() throws IOException {
        Path store = store("a", (_, _) -> State.DONE);
        List<String> keys =
                read(store).runs().getFirst().store().trials().getFirst().levels();
        Path metrics = store.resolve("levels").resolve(keys.get(1)).resolve("metrics.jsonl");
        Files.writeString(metrics, Files.readString(metrics).replaceFirst("\"correct\":\\d+", "\"correct\":1"));
        Path level = store.resolve("levels").resolve(keys.get(2)).resolve("level.json");
        Files.writeString(level, "{\"key\":");
        Report report = read(store);
        assertThat(report.problems())
                .hasSize(2)
                .anySatisfy(p -> assertThat(p).startsWith(metrics + " is damaged: expected SHA-256 "))
                .anySatisfy(p -> assertThat(p).startsWith(level + " is damaged: not JSON"))
                .allSatisfy(p -> assertThat(p).endsWith("; this level is left out"));
        assertThat(text(report)).contains("1/2", "2/2");
    }

    @Test
    void aFinishedLevelWithoutItsDescriptionAndOneOfAnImpossibleShapeAreNamed() throws IOException {
        Path store = store("a", (_, _) -> State.DONE);
        List<String> keys =
                read(store).runs().getFirst().store().trials().getFirst().levels();
        Path missing = store.resolve("levels").resolve(keys.get(1)).resolve("level.json");
        Files.delete(missing);
        Path flat = store.resolve("levels").resolve(keys.get(2)).resolve("level.json");
        String text = Files.readString(flat);
        Files.writeString(flat, text.replaceFirst("\"widths\":\\[[^\\]]*\\]", "\"widths\":[784]"));
        assertThat(Files.readString(flat)).isNotEqualTo(text);
        assertThat(read(store).problems())
                .containsExactly(
                        missing + " is missing; this level is left out",
                        flat + " is damaged: a network needs at least inputs and outputs, got widths [784]; this level"
                                + " is left out");
    }

    @Test
    void aHalfWrittenLineOfALevelInWorkIsNoDamageAndABrokenOneIs() throws IOException {
        Path store = store("a", (_, _) -> State.BEGUN);
        String key = read(store)
                .runs()
                .getFirst()
                .store()
                .trials()
                .getFirst()
                .levels()
                .getFirst();
        Path metrics = store.resolve("levels").resolve(key).resolve("metrics.jsonl");
        Files.writeString(metrics, Files.readString(metrics) + "{\"iteration\":30,\"spl");
        assertThat(read(store).problems()).isEmpty();
        Files.writeString(metrics, Files.readString(metrics) + "\n");
        assertThat(read(store).problems()).singleElement().asString().startsWith(metrics + ", line 19, is damaged: ");
    }

    @Test
    void runsThatShareANameGoByTheirDirectories() {
        Path a = store("north", (_, _) -> State.DONE);
        Path b = store("south", (_, _) -> State.DONE, "seed=2");
        Path c = SyntheticStore.write(home.resolve("x").resolve("north"), (_, _) -> State.WAITING, "paper", SMALL);
        Report report = read(a, b, c, a);
        assertThat(report.runs()).extracting(Report.Run::label).containsExactly("north", "south", "north-2");
        assertThat(AllTables.of(report, OptionalInt.empty()).entries())
                .extracting(AllTables.Entry::name)
                .contains(
                        "north-digits-pgd-early-stop", "south-digits-pgd-early-stop", "north-2-digits-pgd-early-stop");
        assertThat(text(report)).contains("== south (" + b + ")");
        assertThat(read(b).runs().getFirst().label()).isEqualTo("paper");
    }

    @Test
    void searchesOfEqualSettingsStandInOnePaperTableAndOthersDoNot() {
        Path natural = store("natural", (_, _) -> State.DONE, "objectives=[natural]", "name=n");
        Path pgd = store("pgd", (_, _) -> State.DONE, "objectives=[pgd]", "name=p");
        Path longer = store("longer", (_, _) -> State.DONE, "objectives=[fgsm]", "name=l", "training.iterations=50");
        Map<String, Table> tables = PaperTable.all(read(natural, pgd, longer), OptionalInt.empty());
        assertThat(tables).containsOnlyKeys("table-digits-original-n+p", "table-digits-original-l");
        Table joint = tables.get("table-digits-original-n+p");
        assertThat(CsvTable.of(joint).lines().limit(2).toList().get(1))
                .matches("100\\.0,ours(,[0-9.]+,[0-9.]+,,){2}(,[0-9.]+){8}");
        // Both kinds of training have a figure in each of our cells under PGD.
        assertThat(joint.blocks().getLast().name()).isEqualTo("pgd");
        assertThat(joint.blocks().getLast().rows().getFirst())
                .allMatch(cell -> cell.matches("[0-9.]+ \\([0-9.]+\\) / [0-9.]+ \\([0-9.]+\\)"));
    }

    @Test
    void everyObjectiveHasABlockInThePaperTable() {
        Path store = store(
                "a",
                (_, _) -> State.DONE,
                "objectives=[natural, pgd, {name: pgd-alone, attack: pgd, natural-share: 0}, fgsm]");
        Table table = PaperTable.all(read(store), OptionalInt.empty()).get("table-digits-original-paper");
        assertThat(table.blocks())
                .extracting(Table.Block::name)
                .containsExactly("fgsm", "pgd, trained for pgd", "pgd, trained for pgd-alone");
        List<List<String>> first = table.blocks().get(1).rows();
        List<List<String>> second = table.blocks().get(2).rows();
        // Both beside the same naturally trained networks, and different themselves.
        assertThat(first.getFirst().getLast().split(" / ")[0])
                .isEqualTo(second.getFirst().getLast().split(" / ")[0]);
        assertThat(first.getFirst()).isNotEqualTo(second.getFirst());
        assertThat(second.getFirst()).allMatch(cell -> cell.matches("[0-9.]+ \\([0-9.]+\\) / [0-9.]+ \\([0-9.]+\\)"));
    }

    @Test
    void directoriesThatAreNoSearchesAreLeftOutUnlessAllAre() {
        Path store = store("a", (_, _) -> State.DONE);
        Report report = read(home.resolve("none"), store);
        assertThat(report.runs()).hasSize(1);
        assertThat(report.problems()).singleElement().asString().contains("none is no directory");
        assertThatThrownBy(() -> read(home.resolve("none"), home))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("none is no directory");
    }

    @Test
    void theIterationAskedForReachesFilesAndPage() throws IOException {
        Report report = read(store("a", (_, _) -> State.DONE));
        ReportFolder.write(report, OptionalInt.of(20), home.resolve("report"));
        Path tables = home.resolve("report").resolve("tables");
        assertThat(tables.resolve("paper-digits-pgd-iteration.md"))
                .content()
                .contains("at iteration 20")
                .doesNotContainPattern("at iteration 30\\b(?!,)");
        assertThat(tables.resolve("table-digits-original-paper.md"))
                .content()
                .contains("at iteration 20")
                .doesNotContainPattern("at iteration 30\\b(?!,)");
        assertThat(home.resolve("report").resolve("index.html"))
                .content()
                .contains("at iteration 20")
                .doesNotContainPattern("at iteration 30\\b(?!,)");
    }

    @Test
    void bytesInTheTimingsThatAreNoTextCostTheirLineOnly() throws IOException {
        Path store = store("a", (_, _) -> State.DONE);
        int lines = read(store).runs().getFirst().store().timings().size();
        Files.write(
                store.resolve("timings.jsonl"), new byte[] {(byte) 0xc3, (byte) 0x28, '\n'}, StandardOpenOption.APPEND);
        Report report = read(store);
        assertThat(report.runs().getFirst().store().timings()).hasSize(lines).isNotEmpty();
        ReportFolder.write(report, OptionalInt.empty(), home.resolve("report"));
        assertThat(home.resolve("report").resolve("index.html")).exists();
    }

    @Test
    void aPartThatCannotBeWrittenDoesNotCostTheOthers() throws IOException {
        Path folder = home.resolve("report");
        // In the way of the page's file.
        Files.createDirectories(folder.resolve("index.html").resolve("full"));
        Report report = read(store("a", (_, _) -> State.DONE));
        assertThatThrownBy(() -> ReportFolder.write(report, OptionalInt.empty(), folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("index.html");
        assertThat(folder.resolve("tables").resolve("verdict.md")).exists();
    }

    @Test
    void tablesAreWrittenInThreeForms() throws IOException {
        Report report = read(store("a", (_, _) -> State.DONE));
        new TableFiles().write(report, OptionalInt.empty(), home.resolve("report"));
        Path tables = home.resolve("report").resolve("tables");
        assertThat(tables.resolve("verdict.md")).content().startsWith("### Winning robust tickets\n");
        assertThat(tables.resolve("verdict.tex")).content().contains("\\toprule", "\\label{tab:verdict}");
        assertThat(tables.resolve("verdict.csv"))
                .content()
                .startsWith(
                        "data set,training,strategy,attack,sparsest winning ticket verdict,sparsest winning ticket P_m %,");
        try (var files = Files.list(tables)) {
            assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".tmp")))
                    .isEmpty();
        }
        assertThat(tables.resolve("paper-digits-pgd-iteration.tex")).exists();
    }
}
