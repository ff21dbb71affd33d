package org.espalier.report.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.lab.reproduce.PaperStore;
import org.espalier.lab.store.Store;
import org.espalier.report.SyntheticStore;
import org.espalier.report.format.Csv;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.ResultsReader;
import org.espalier.report.result.Series;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a reproduction from made-up stores of a small network that has the paper's densities. */
class ReproductionFilesTest {
    @TempDir
    private static Path home;

    private static ReproductionFiles.Written written;

    @BeforeAll
    static void write() {
        for (String training : List.of("pgd", "natural")) {
            String name = "as-published-digits-" + training;
            SyntheticStore.write(
                    home.resolve(name),
                    "as-published",
                    "name=" + name,
                    "trials=2",
                    "network.hidden=[100, 30]",
                    "data.sets=[digits]",
                    "objectives=[" + training + "]",
                    "strategies=" + (training.equals("pgd") ? "[as-published, continued, random]" : "[as-published]"),
                    "evaluation.attacks=" + (training.equals("pgd") ? "[pgd]" : "[fgsm, pgd]"));
        }
        written = ReproductionFiles.write(home);
    }

    private static List<Map<String, String>> csv(String name) {
        return Csv.read(written.folder().resolve(name));
    }

    @Test
    void everyDifferenceIsOursMinusThePublishedValue() {
        Results results = ResultsReader.read(Store.open(home.resolve("as-published-digits-pgd")));
        List<Map<String, String>> rows = csv("differences.csv");
        // Six densities: natural and attacked accuracy of PGD training, and of natural training in the columns of both
        // attacks.
        assertThat(rows).hasSize(6 * (2 + 4));
        Map<String, String> row = rows.stream()
                .filter(r -> r.get("density").equals("16.9")
                        && r.get("training").equals("pgd")
                        && r.get("measured").equals("pgd"))
                .findFirst()
                .orElseThrow();
        double[] ours = results.cells().getFirst().series().stream()
                .filter(s -> s.strategy().equals("as-published") && s.level() == 8)
                .mapToDouble(
                        s -> 100 * s.at(30_000, Point.TEST, "pgd").orElseThrow().accuracy())
                .toArray();
        assertThat(ours).hasSize(2);
        double mean = (ours[0] + ours[1]) / 2;
        double deviation = Math.abs(ours[0] - ours[1]) / Math.sqrt(2);
        assertThat(row.get("published")).isEqualTo("59.91");
        assertThat(row.get("place")).isEqualTo("Table 1");
        assertThat(row.get("ours-trials")).isEqualTo("2");
        assertThat(row.get("ours")).isEqualTo(String.format(Locale.ROOT, "%.4f", mean));
        assertThat(row.get("difference")).isEqualTo(String.format(Locale.ROOT, "%.4f", mean - 59.91));
        assertThat(row.get("difference-in-published-deviations"))
                .isEqualTo(String.format(Locale.ROOT, "%.2f", (mean - 59.91) / 0.81));
        assertThat(row.get("difference-in-standard-errors"))
                .isEqualTo(String.format(
                        Locale.ROOT, "%.2f", (mean - 59.91) / Math.sqrt(deviation * deviation / 2 + 0.81 * 0.81 / 5)));
    }

    @Test
    void theTableHasOursAboveThePublishedValues() throws IOException {
        assertThat(written.folder().resolve("tables/table-1-as-published.md"))
                .content()
                .startsWith(
                        "### Table 1, as-published: digits, as-published, normally trained / adversarially trained, test"
                                + " accuracy in % at iteration 30,000\n")
                .contains("59.91 (0.81)")
                .contains("98.37 (0.03) / 98.38 (0.09)");
    }

    @Test
    void figuresThatTheStoresHaveAreFilesWithTheirPoints() throws IOException {
        try (Stream<Path> files = Files.list(written.folder().resolve("figures"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".svg"))
                            .sorted()
                            .collect(Collectors.toList()))
                    .containsExactly(
                            "figure-02-digits-as-published-accuracy-pgd.svg",
                            "figure-05-digits-as-published-stopping-pgd.svg",
                            "figure-06-digits-as-published-loss-pgd.svg",
                            "figure-13-digits-as-published-initial-weights.svg",
                            "figure-15-digits-as-published-initial-weights.svg");
        }
        assertThat(csv("figures/figure-05-digits-as-published-stopping-pgd.csv"))
                .extracting(row -> row.get("line"))
                .contains("as-published", "continued", "random");
        assertThat(Files.readString(written.folder().resolve("index.html"), StandardCharsets.UTF_8))
                .contains("Figure 15: initial weights of the survivors, PGD training, digits and fashion");
    }

    @Test
    void claimsAreJudgedByDifferencesPairedByTrial() {
        assertThat(csv("claims.csv"))
                .extracting(row -> row.get("claim"))
                .containsSubsequence(
                        "robust-tickets", "best-density", "continued", "random", "faster", "initial-weights");
        Results results = ResultsReader.read(Store.open(home.resolve("as-published-digits-pgd")));
        Map<String, String> row = csv("claim-tests.csv").stream()
                .filter(r -> r.get("claim").equals("continued")
                        && r.get("moment").equals("last iteration")
                        && r.get("comparison").equals("51.3 %"))
                .findFirst()
                .orElseThrow();
        double difference = (last(results, "continued", 1)
                        - last(results, "as-published", 1)
                        + last(results, "continued", 2)
                        - last(results, "as-published", 2))
                / 2;
        assertThat(Double.parseDouble(row.get("difference")))
                .isCloseTo(difference, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(row.get("trials")).isEqualTo("2");
    }

    private static double last(Results results, String strategy, int trial) {
        Series series = results.cells().getFirst().series().stream()
                .filter(s -> s.strategy().equals(strategy) && s.level() == 3 && s.trial() == trial)
                .findFirst()
                .orElseThrow();
        return 100
                * series.at(series.lastIteration().orElseThrow(), Point.TEST, "pgd")
                        .orElseThrow()
                        .accuracy();
    }

    @Test
    void storesAreNamedWithTheDigestOfTheirLevels() {
        assertThat(csv("stores.csv"))
                .extracting(row -> row.get("store"))
                .containsExactly("as-published-digits-pgd", "as-published-digits-natural");
        assertThat(csv("stores.csv"))
                .allSatisfy(row -> assertThat(row.get("digest")).matches("[0-9a-f]{64}"));
    }

    @Test
    void strategiesWithFewerTrialsHaveACommandOfTheirOwn(@TempDir Path mixed) {
        assertThat(commands(home))
                .containsExactly(
                        "espalier reproduce paper --part as-published-digits-pgd-original,continued,random --trials 2",
                        "espalier reproduce paper --part as-published-digits-natural-original --trials 2");
        SyntheticStore.write(
                mixed.resolve("as-published-digits-pgd"),
                (trial, _) -> trial.strategy().equals("continued") && trial.trial() > 1
                                || trial.strategy().equals("random")
                        ? SyntheticStore.State.WAITING
                        : SyntheticStore.State.DONE,
                "as-published",
                "name=as-published-digits-pgd",
                "trials=3",
                "network.hidden=[100, 30]",
                "data.sets=[digits]",
                "objectives=[pgd]",
                "strategies=[as-published, continued, random]",
                "evaluation.attacks=[pgd]");
        assertThat(commands(mixed))
                .containsExactly("espalier reproduce paper --part as-published-digits-pgd-original --trials 3"
                        + " && espalier reproduce paper --part as-published-digits-pgd-continued --trials 1");
    }

    private static List<String> commands(Path folder) {
        List<PaperStore> stores = PaperRun.stores(folder);
        return PaperRun.of(PaperRun.read(stores), stores).stream()
                .map(PaperRun::command)
                .toList();
    }

    @Test
    void aFolderWithoutStoresIsAMistake(@TempDir Path empty) {
        assertThatThrownBy(() -> ReproductionFiles.write(empty))
                .isInstanceOf(UserException.class)
                .hasMessage(empty
                        + " holds no store of the reproduction: expected one that \"espalier reproduce paper\" has"
                        + " written");
    }
}
