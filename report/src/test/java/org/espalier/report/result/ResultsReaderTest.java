package org.espalier.report.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.report.SyntheticStore;
import org.espalier.report.format.ResultsCsv;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.table.Table;
import org.espalier.report.table.TableNotes;
import org.espalier.report.verdict.NonInferiority;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How objectives of bounds are read: with the worst cases that they are measured with, and from stores without. */
class ResultsReaderTest {
    private static final String[] SMALL = {"network.hidden=[20, 10]", "trials=2", "pruning.levels=2"};

    @TempDir
    Path directory;

    private static Cell cell(Results results, String objective) {
        return results.cells().stream()
                .filter(cell -> cell.objective().equals(objective))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void worstCasesStopEarlyAndStandBesideAttacks() {
        Results results = ResultsReader.read(Store.open(SyntheticStore.write(directory, "certified-mlp", SMALL)));
        Cell ibp = cell(results, "ibp");
        assertThat(ibp.bound()).hasValue(new Cell.Bound("ibp", 0.1));
        assertThat(ibp.attacks()).containsExactly("fgsm", "pgd");
        assertThat(ibp.measured()).containsExactly("fgsm", "pgd", "ibp");
        assertThat(ibp.selection()).hasValue(new EarlyStop(0.5, "ibp"));
        assertThat(cell(results, "crown-ibp").selection()).hasValue(new EarlyStop(0.5, "crown-ibp"));
        assertThat(cell(results, "pgd").measured()).containsExactly("fgsm", "pgd");
        assertThat(cell(results, "natural").bound()).isEmpty();

        Table stopped = AccuracyTable.byMoment(ibp, OptionalInt.empty()).get("early-stop");
        assertThat(stopped.caption()).endsWith("at early stopping (least validation loss, 0.5 natural + 0.5 ibp)");
        assertThat(stopped.blocks().getFirst().headings())
                .containsExactly("stopped at", "natural", "fgsm", "pgd", "ibp", "trials");
        assertThat(stopped.notes()).anyMatch(note -> note.startsWith("ibp: ") && note.contains("within 0.1"));

        List<TicketVerdict> verdicts = NonInferiority.all("run", results, Terms.USUAL);
        assertThat(verdicts)
                .filteredOn(verdict -> verdict.objective().equals("ibp"))
                .extracting(TicketVerdict::attack, TicketVerdict::trainedAgainst)
                .containsExactly(tuple("fgsm", false), tuple("pgd", false), tuple("ibp", true));
        assertThat(verdicts).allMatch(TicketVerdict::stopped);
        String csv = ResultsCsv.of(results);
        assertThat(csv.lines().findFirst()).hasValue(String.join(",", ResultsCsv.COLUMNS));
        assertThat(csv)
                .contains("digits,ibp,original,1,0,1,0,validation,ibp,")
                .doesNotContain("digits,pgd,original,1,0,1,0,validation,ibp,");
        assertThat(TableNotes.of(results).getFirst()).contains("worst case that a bound allows");
    }

    /** Accuracy under an attack in a larger ball may lie below what a bound shows in its own. */
    @Test
    void tablesNameTheRadiiOfAttacksAndBoundWhereTheyDiffer() {
        Results results = ResultsReader.read(Store.open(SyntheticStore.write(
                directory,
                "certified-mlp",
                "network.hidden=[20, 10]",
                "trials=2",
                "pruning.levels=2",
                "bounds.ibp.epsilon=2/255")));
        assertThat(AccuracyTable.all(cell(results, "ibp"), OptionalInt.empty()))
                .isNotEmpty()
                .allSatisfy(
                        table -> assertThat(table.notes())
                                .contains(
                                        "columns are of different balls: fgsm: epsilon 0.1; pgd: epsilon 0.1; ibp: epsilon 2/255"));
        assertThat(cell(results, "pgd").notes()).isEmpty();
    }

    @Test
    void storesOfLevelsWithoutWorstCasesAreReadAsTheyAre() throws IOException {
        // Levels in work: no digest of their measurements is kept yet.
        SyntheticStore.write(directory, (_, _) -> SyntheticStore.State.BEGUN, "certified-mlp", SMALL);
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> file.endsWith(StoredLevel.METRICS)).forEach(ResultsReaderTest::withoutBounds);
        }
        Cell ibp = cell(ResultsReader.read(Store.open(directory)), "ibp");
        assertThat(ibp.series())
                .isNotEmpty()
                .allSatisfy(series -> assertThat(series.points()).isNotEmpty());
        assertThat(ibp.bound()).isEmpty();
        assertThat(ibp.training().bound()).isEqualTo(Optional.of("ibp"));
        assertThat(ibp.selection()).isEmpty();
        assertThat(AccuracyTable.all(ibp, OptionalInt.empty()).getFirst().notes())
                .anyMatch(note -> note.startsWith("no early stopping: "));
    }

    private static void withoutBounds(Path metrics) {
        try {
            Files.write(
                    metrics,
                    Files.readAllLines(metrics).stream()
                            .filter(line -> !line.contains("ibp\""))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsNotBegunYetIsExpectedToHaveThem() {
        SyntheticStore.write(directory, (_, _) -> SyntheticStore.State.WAITING, "certified-mlp", SMALL);
        Cell ibp = cell(ResultsReader.read(Store.open(directory)), "ibp");
        assertThat(ibp.bound()).isPresent();
        assertThat(ibp.selection()).isPresent();
    }

    @Test
    void withoutValidationImagesNothingStopsEarly() {
        Results results = ResultsReader.read(Store.open(
                SyntheticStore.write(directory, "certified-mlp", "network.hidden=[5]", "evaluation.splits=[test]")));
        assertThat(cell(results, "ibp").bound()).isPresent();
        assertThat(cell(results, "ibp").selection()).isEmpty();
    }

    /** A rule makes the mask in training, so pruning plans nothing. */
    @Test
    void theDensityUnderAMaskRuleIsThatOfTheStoredNetworks() throws IOException {
        SyntheticStore.write(
                directory,
                (_, _) -> SyntheticStore.State.BEGUN,
                "quick-mlp",
                "network.hidden=[5]",
                "trials=2",
                "strategies=[none]",
                "training.mask={kind: rigl, density: 0.05}");
        List<String> survivors = List.of("196,2", "274,3"); // of 3920 and 50 weights
        int[] next = {0};
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(file -> file.endsWith("level.json")).sorted().toList()) {
                String text = Files.readString(file);
                String edited = text.replaceAll(
                        "\"surviving\":\\s*\\[[^]]*\\]",
                        "\"surviving\":[" + survivors.get(next[0]++ % survivors.size()) + "]");
                assertThat(edited).isNotEqualTo(text);
                Files.writeString(file, edited);
            }
        }
        for (Cell cell : ResultsReader.read(Store.open(directory)).cells()) {
            double mean = cell.series().stream()
                    .mapToDouble(Series::density)
                    .average()
                    .orElseThrow();
            assertThat(cell.densities()).containsExactly(mean);
            assertThat(mean).isBetween(0.0498, 0.07);
        }
    }
}
