package org.espalier.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;
import org.espalier.report.figure.CertificateFigures;
import org.espalier.report.figure.RobustnessFigures;
import org.espalier.report.figure.VerdictFigure;
import org.espalier.report.format.Csv;
import org.espalier.report.format.CsvTable;
import org.espalier.report.table.CertificateTables;
import org.espalier.report.table.EvaluationTables;
import org.espalier.report.table.RobustnessTables;
import org.espalier.report.table.Table;
import org.espalier.report.table.VerdictTable;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report makes of evaluations and certificates, whole and damaged. */
class RobustnessReportTest {
    @TempDir
    private Path home;

    private Path store;

    @BeforeEach
    void aSearchWithEvaluationsAndCertificates() {
        store = SyntheticRobustness.write(SyntheticStore.write(
                home.resolve("store"),
                "quick-mlp",
                "trials=3",
                "objectives=[natural, pgd]",
                "strategies=[original, random]",
                "network.hidden=[6, 5]",
                "pruning.levels=2",
                "training.iterations=500",
                "evaluation.every=250"));
    }

    private Report read() {
        return Report.read(List.of(store), Terms.USUAL);
    }

    private static String text(Report report) {
        return ReportText.full(report, OptionalInt.empty(), 200, StandardCharsets.UTF_8);
    }

    private String page() throws IOException {
        Path out = home.resolve("out");
        ReportFolder.write(read(), OptionalInt.empty(), out);
        return Files.readString(out.resolve("index.html"));
    }

    /** Files of this name below the store, in the order of their paths. */
    private List<Path> files(String name) throws IOException {
        try (var found = Files.walk(store)) {
            return found.filter(file -> file.endsWith(name)).sorted().toList();
        }
    }

    @Test
    void pageTextAndFilesHaveEvaluationsAndCertificates() throws IOException {
        Report report = read();
        assertThat(report.problems()).isEmpty();
        assertThat(report.violations()).isEmpty();
        assertThat(page())
                .contains("<title>quick-mlp (store)", "Robustness under suites of attacks", "Certified bounds")
                .contains(
                        "popovertarget=\"marks-0-1\"",
                        "mark unreliable",
                        "converged (unreliable): twice the iterations")
                .contains("No image is both certified and broken")
                .contains("worst case of the suite", "lowest known: right under the suite", "certified: at least")
                .doesNotContain("Not everything could be read", "mark refused");
        assertThat(text(report))
                .contains("digits, original: accuracy in % under attack, suite made-up, l-infinity 0.3, first 40 test")
                .contains("digits, original: bounds of accuracy in % at l-infinity 0.1, first 20 test images")
                .contains(
                        "natural: unreliable by the rule converged in 3 of 9 evaluations (level 1), first level 1, trial 1:")
                .doesNotContain("CERTIFIED AND YET BROKEN");
        for (String figure : List.of("left", "epsilon", "matrix", "loss", "security")) {
            assertThat(home.resolve("out/figures"))
                    .isDirectoryContaining(f -> named(f, "robustness-" + figure, ".svg"));
            assertThat(home.resolve("out/figures"))
                    .isDirectoryContaining(f -> named(f, "robustness-" + figure, ".pdf"));
        }
        for (String figure : List.of("bounds", "epsilon", "time")) {
            assertThat(home.resolve("out/figures")).isDirectoryContaining(f -> named(f, "certified-" + figure, ".svg"));
        }
        assertThat(home.resolve("out/tables"))
                .isDirectoryContaining(f -> named(f, "quick-mlp-robustness-digits-original-made-up", ".tex"))
                .isDirectoryContaining(f -> named(f, "quick-mlp-certified-digits-original-linf-0.1", ".csv"));
    }

    private static boolean named(Path file, String start, String end) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(start) && name.endsWith(end);
    }

    @Test
    void verdictsSayWhatSuitesLeaveAndWhatIsCertified() {
        TicketVerdict verdict = read().verdicts().stream()
                .filter(v -> v.trainedAgainst() && v.strategy().equals("original"))
                .findFirst()
                .orElseThrow();
        assertThat(verdict.beyondAttack().suite().orElseThrow().epsilon()).isEqualTo(0.3);
        assertThat(verdict.beyondAttack().bounds().orElseThrow().epsilon()).isEqualTo(0.1);
        assertThat(verdict.beyondAttack().sentences())
                .hasSize(2)
                .anySatisfy(s -> assertThat(s)
                        .startsWith(
                                "Suite made-up (l-infinity 0.3, first 40 test images, weights after the last update)"
                                        + " leaves ")
                        .contains("the dense network"))
                .anySatisfy(s -> assertThat(s)
                        .startsWith(
                                "Certificates (l-infinity 0.1, not the 0.3 of suite made-up, first 20 test images, weights after"
                                        + " the last update, by crown, exact): the accuracy under any attack is, "));
        assertThat(CsvTable.of(VerdictTable.of(read())).lines().findFirst().orElseThrow())
                .contains("\"beyond that attack, % suite\"", "\"beyond that attack, % left deviation\"");
    }

    @Test
    void withoutEvaluationsThatIsSaid() throws IOException {
        store = SyntheticStore.write(
                home.resolve("bare"), "quick-mlp", "trials=1", "network.hidden=[4]", "pruning.levels=1");
        assertThat(page()).contains("No suite of attacks has been run on these networks", "Nothing is certified");
        assertThat(text(read()))
                .contains(
                        "No suite of attacks has been run on these networks: what stronger attacks than pgd leave is not"
                                + " known")
                .doesNotContain("beyond that attack");
        assertThat(ReportFiles.writeRobustness(read().runs().getFirst().robustness(), home, ""))
                .isEmpty();
    }

    private List<Map<String, String>> csv(String name) {
        ReportFiles.writeRobustness(read().runs().getFirst().robustness(), home, "");
        return Csv.read(home.resolve(name));
    }

    private static double mean(List<Map<String, String>> rows, String column, Predicate<Map<String, String>> of) {
        return rows.stream()
                .filter(of)
                .mapToDouble(row -> Double.parseDouble(row.get(column)))
                .average()
                .orElseThrow();
    }

    private static boolean is(Map<String, String> row, String... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (!row.get(pairs[i]).equals(pairs[i + 1])) {
                return false;
            }
        }
        return true;
    }

    /** The line of an entry in the panel of natural training (0) or PGD training (1). */
    private static Line line(Figure figure, int panel, String... keys) {
        return ((Panel.Lines) figure.panels().get(panel))
                .lines().stream()
                        .filter(line -> line.keys().equals(List.of(keys)))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void figuresShowWhatTheCsvFilesHave() throws IOException {
        Report.Run run = read().runs().getFirst();
        List<Map<String, String>> attacks = csv("robustness.csv");
        // 2 radii x 2 objectives x 2 strategies x 3 levels x 3 trials, of 4 attacks, none, the worst case, the lowest
        // known accuracy, and at one of the radii the certified one.
        assertThat(attacks).hasSize(2 * 2 * 2 * 3 * 3 * 7 + 2 * 2 * 3 * 3);
        Figure left = figure(
                RobustnessFigures.of("r", run).getFirst().variants().getFirst().figure(), "r-left-");
        assertThat(line(left, 1, "worst case").curve().y()[2])
                .isEqualTo(
                        100
                                * mean(
                                        attacks,
                                        "after",
                                        row -> is(
                                                row,
                                                "objective",
                                                "pgd",
                                                "strategy",
                                                "original",
                                                "level",
                                                "2",
                                                "epsilon",
                                                "0.3",
                                                "purpose",
                                                "worst-case")),
                        within(1e-9));
        assertThat(attacks.stream().filter(row -> is(row, "purpose", "worst-case", "level", "1")))
                .allMatch(row -> is(row, "verdict", "unreliable")
                        && row.get("rules").startsWith("converged unreliable: twice the iterations"));

        List<Map<String, String>> curves = csv("robustness-curves.csv");
        Figure loss = figure(
                RobustnessFigures.of("r", run).get(3).variants().getFirst().figure(), "r-loss-");
        Line dense = ((Panel.Lines) loss.panels().getFirst()).lines().getFirst();
        assertThat(dense.curve().x()[0]).isZero();
        assertThat(dense.curve().x()[dense.curve().size() - 1]).isEqualTo(50);
        assertThat(dense.curve().y()[1])
                .isEqualTo(
                        mean(
                                curves,
                                "value",
                                row -> is(
                                        row,
                                        "objective",
                                        "natural",
                                        "strategy",
                                        "original",
                                        "level",
                                        "0",
                                        "epsilon",
                                        "0.3",
                                        "attack",
                                        "apgd-ce",
                                        "curve",
                                        "loss",
                                        "at",
                                        "2")),
                        within(1e-9));

        List<Map<String, String>> certificates = csv("certificates.csv");
        Figure epsilon = CertificateFigures.of("c", run).get(1).variants().stream()
                .filter(v -> v.name().contains("original") && v.name().contains("crown"))
                .findFirst()
                .orElseThrow()
                .figure();
        assertThat(line(epsilon, 1, "100.0 %", "certified").curve().y()[2])
                .isEqualTo(
                        100
                                * mean(
                                        certificates,
                                        "certified",
                                        row -> is(
                                                row,
                                                "objective",
                                                "pgd",
                                                "strategy",
                                                "original",
                                                "level",
                                                "0",
                                                "epsilon",
                                                "0.1",
                                                "method",
                                                "crown")),
                        within(1e-9));
        assertThat(certificates).allSatisfy(row -> {
            assertThat(Double.parseDouble(row.get("certified")))
                    .isLessThanOrEqualTo(Double.parseDouble(row.get("unbroken")));
            assertThat(Double.parseDouble(row.get("unbroken")))
                    .isLessThanOrEqualTo(Double.parseDouble(row.get("attacked")));
        });
    }

    /** The dense network is certified in no trial, and level 2 in one of three: no other trial counts as 0. */
    @Test
    void networksThatWereNeverCertifiedHaveNoCertifiedShare() throws IOException {
        for (StoredTrial trial : Store.open(store).trials()) {
            if (trial.id().objective().equals("pgd")) {
                remove(trial.levels().getFirst());
                if (trial.id().trial() > 1) {
                    remove(trial.levels().get(2));
                }
            }
        }
        Report.Run run = read().runs().getFirst();
        Table table = RobustnessTables.of(run).entrySet().stream()
                .filter(each ->
                        each.getKey().contains("original") && each.getKey().contains("0.1-"))
                .findFirst()
                .orElseThrow()
                .getValue();
        List<String> certified =
                table.blocks().getLast().rows().stream().map(row -> row.get(3)).toList();
        assertThat(certified).hasSize(6);
        assertThat(certified.subList(0, 3)).allMatch(cell -> cell.matches("[0-9.]+ \\([0-9.]+\\)"));
        assertThat(certified.get(3)).isEqualTo("-");
        assertThat(certified.get(4)).matches("[0-9.]+ \\([0-9.]+\\)");
        assertThat(certified.get(5)).matches("[1-9][0-9.]+ \\[1 of 3\\]");
        assertThat(csv("robustness.csv"))
                .noneMatch(row -> is(row, "objective", "pgd", "level", "0", "purpose", "certified"))
                .anyMatch(row -> is(row, "objective", "pgd", "level", "1", "purpose", "certified"));
        Figure epsilon =
                RobustnessFigures.of("r", run).get(1).variants().getFirst().figure();
        assertThat(((Panel.Lines) epsilon.panels().get(1)).lines())
                .filteredOn(line -> line.keys().equals(List.of("100.0 %", "certified")))
                .allMatch(line -> line.curve().size() == 0);
        assertThat(((Panel.Lines) epsilon.panels().get(0)).lines())
                .filteredOn(line -> line.keys().equals(List.of("100.0 %", "certified")))
                .singleElement()
                .satisfies(line -> assertThat(line.curve().x()).containsExactly(0.1));
    }

    private void remove(String level) throws IOException {
        Path directory = store.resolve("certification").resolve(level);
        if (Files.exists(directory)) {
            Files.move(directory, home.resolve("removed-" + level));
        }
    }

    private static Figure figure(Figure figure, String start) {
        assertThat(figure.id()).startsWith(start);
        return figure;
    }

    @Test
    void theMatrixHasTheNumbersOfTheTable() {
        Report.Run run = read().runs().getFirst();
        Figure matrix =
                RobustnessFigures.of("r", run).get(2).variants().getFirst().figure();
        Panel.Matrix dense = (Panel.Matrix) matrix.panels().getFirst();
        assertThat(dense.rows()).containsExactly("natural", "pgd");
        assertThat(dense.columns())
                .containsExactly("natural", "FGSM", "PGD-40", "apgd-ce", "worst case", "lowest known");
        Table table = RobustnessTables.of(run).values().iterator().next();
        assertThat(table.blocks().getLast().rows().getFirst().getFirst())
                .startsWith(EvaluationTables.percent(dense.values()[4] / 100));
    }

    /** Level 1 of naturally trained networks is refused in one trial, so the mean of the others is not drawn either. */
    @Test
    void refusedFiguresAreDrawnNowhere() throws IOException {
        Report.Run before = read().runs().getFirst();
        Path summary = files("summary.json").stream()
                .filter(file -> file.toString().contains("-0.3-"))
                .filter(file -> read(file).contains("\"unreliable\""))
                .findFirst()
                .orElseThrow();
        // The rule about the ball refuses.
        Files.writeString(summary, read(summary).replace("\"pass\"", "\"refused\""));
        Report.Run run = read().runs().getFirst();
        assertThat(points(run)).isEqualTo(points(before) - 1);
        assertThat(RobustnessFigures.of("r", run).getFirst().variants())
                .filteredOn(v -> v.figure().caption().contains("and 1 refused (their levels are left out here)"))
                .hasSize(1);
        // Densities from 100 % on: the second matrix is of level 1.
        assertThat(RobustnessFigures.of("r", run).get(2).variants())
                .filteredOn(v -> v.name().endsWith("0.3"))
                .anySatisfy(v -> assertThat(((Panel.Matrix) v.figure().panels().get(1)).values())
                        .contains(Double.NaN));
    }

    /** Points of the worst case by density in all figures at epsilon 0.3. */
    private static long points(Report.Run run) {
        return RobustnessFigures.of("r", run).getFirst().variants().stream()
                .filter(v -> v.name().endsWith("0.3"))
                .flatMap(v -> v.figure().panels().stream())
                .flatMap(panel -> ((Panel.Lines) panel).lines().stream())
                .filter(line -> line.keys().contains("worst case"))
                .mapToLong(line -> line.curve().size())
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Level 1 is unreliable, and level 2 of "original" wins. */
    @Test
    void onePictureOpensTheReport() throws IOException {
        Report report = read();
        TicketVerdict verdict = report.decisive().getFirst();
        assertThat(verdict.basis().orElseThrow().name()).isEqualTo("suite made-up, l-infinity 0.3");
        assertThat(verdict.comparisons())
                .extracting(Comparison::standing)
                .containsExactly(Comparison.Standing.UNRELIABLE, Comparison.Standing.WINS);
        Figure figure = VerdictFigure.of(report).variants().getFirst().figure();
        Panel.Lines panel = (Panel.Lines) figure.panels().getFirst();
        assertThat(figure.panels()).hasSize(1);
        assertThat(panel.x().scale()).isEqualTo(Axis.Scale.LOG_FALLING);
        assertThat(panel.lines())
                .filteredOn(line -> line.keys().equals(List.of("original", "winning robust ticket")))
                .singleElement()
                .satisfies(line -> assertThat(line.labels()).allMatch(label -> label.startsWith("ticket: ")));
        assertThat(panel.lines())
                .filteredOn(line -> line.keys().equals(List.of("original", "unreliable, may be lower")))
                .hasSize(1);
        double dense = 100 * verdict.dense().orElseThrow().accuracy().mean();
        assertThat(panel.lines())
                .filteredOn(line -> line.keys().getLast().equals("dense network"))
                .singleElement()
                .satisfies(line -> assertThat(line.curve().y()).containsOnly(dense));
        assertThat(panel.lines())
                .filteredOn(line -> line.keys().equals(List.of("original", "robust")))
                .singleElement()
                .satisfies(line -> assertThat(line.curve().size()).isEqualTo(3));
        assertThat(page())
                .containsSubsequence(
                        "id=\"verdict\"", "<figure", "<ul class=\"lead\">", "Robust ticket with", "id=\"tables\"");
        assertThat(home.resolve("out/figures/verdict.pdf")).isRegularFile();
        assertThat(text(report)).contains("accuracy under suite made-up, l-infinity 0.3, %, by P_m");
        assertThat(home.resolve("out/tables/quick-mlp-digits-pgd-layers.md"))
                .content()
                .contains("layers.0", "linear", "neurons or channels alive: 100.0 %");
    }

    @Test
    void certificatesInOtherNormsHaveTablesAndFiguresOfTheirOwn() throws IOException {
        for (Path file : files("certificate.json")) {
            if (file.toString().contains("crown-linf-0.05")) {
                Files.writeString(file, read(file).replace("\"norm\":\"linf\"", "\"norm\":\"l2\""));
            }
        }
        Report report = read();
        assertThat(report.problems()).isEmpty();
        Report.Run run = report.runs().getFirst();
        assertThat(CertificateTables.of(run).keySet())
                .anyMatch(name -> name.contains("-l2-0.05-"))
                .anyMatch(name -> name.contains("-linf-0.05-"));
        assertThat(CertificateFigures.of("c", run).getFirst().variants())
                .anyMatch(v -> v.name().contains("l2 0.05"));
        assertThat(csv("certificates.csv")).anyMatch(row -> is(row, "norm", "l2", "epsilon", "0.05"));
    }

    @Test
    void whatIsCertifiedAndYetBrokenIsSaidLoudly() throws IOException {
        Path images = files("images.jsonl").stream()
                .filter(file -> file.toString().contains("crown-linf-0.1"))
                .findFirst()
                .orElseThrow();
        Path certificate = images.resolveSibling("certificate.json");
        String before = AtomicFiles.digest(images);
        String broken = Files.readString(images)
                .replaceFirst("\"verdict\":\"(unknown|falsified)\"", "\"verdict\":\"verified\"");
        Files.writeString(images, broken.replace("\"verdict\":\"falsified\"", "\"verdict\":\"verified\""));
        Files.writeString(certificate, Files.readString(certificate).replace(before, AtomicFiles.digest(images)));

        Report report = read();
        assertThat(report.problems()).isEmpty();
        assertThat(report.violations())
                .anySatisfy(s ->
                        assertThat(s).contains("is certified at l-infinity 0.1 by crown", "one of the two is wrong"))
                .anySatisfy(s -> assertThat(s).contains("suite made-up, l-infinity 0.1", "certified and yet broken"));
        assertThat(text(report)).startsWith("!! CERTIFIED AND YET BROKEN").contains("VIOLATED: ");
        assertThat(page())
                .contains(
                        "role=\"alert\"",
                        "Certified and yet broken: something here is wrong",
                        "The sandwich is violated")
                .contains("mark refused")
                .contains("images are both certified and broken, so that something here is wrong");
    }

    /** A file that was finished with what is wrong in it: its digest fits. */
    @Test
    void anImageThatSaysNothingOfItselfIsNamed() throws IOException {
        Path examples = files("examples.jsonl").getFirst();
        Path summary = examples.resolveSibling("summary.json");
        String right = Files.readString(examples);
        String digest = AtomicFiles.digest(examples);
        String finished = Files.readString(summary);
        Map<String, String> damages = Map.of(
                "\"withstands\":1", "is damaged: withstands is neither true nor false",
                "\"withstood\":true", "is damaged: withstands is neither true nor false",
                "\"withstands\":true,\"withstands\":true", "is damaged: withstands is there twice",
                "\"withstands\":tr", "is damaged: not JSON");
        for (Map.Entry<String, String> damage : damages.entrySet()) {
            Files.writeString(examples, right.replaceFirst("\"withstands\":(true|false)", damage.getKey()));
            Files.writeString(summary, finished.replace(digest, AtomicFiles.digest(examples)));
            assertThat(read().problems())
                    .singleElement()
                    .asString()
                    .startsWith(examples + ", line 1, " + damage.getValue())
                    .endsWith("; this evaluation is left out");
        }
        // What a later version may add is skipped.
        Files.writeString(examples, right.replace("{\"", "{\"seen\":{\"withstands\":[0]},\""));
        Files.writeString(summary, finished.replace(digest, AtomicFiles.digest(examples)));
        assertThat(read().problems()).isEmpty();
    }

    @Test
    void damagedFilesAreNamedAndTheRestIsShown() throws IOException {
        Path summary = files("summary.json").getFirst();
        Files.writeString(summary, "{\"format\":1,\"findings\":[{}]");
        Path examples = files("examples.jsonl").get(1);
        Files.writeString(examples, "{}\n");
        Path emptied = files("certificate.json").getFirst();
        Files.writeString(emptied, "");
        Path images = files("images.jsonl").get(2);
        Files.writeString(images, "");
        Path digests = files("certificate.json").get(2);
        String digest = AtomicFiles.digest(images);
        Files.writeString(
                digests,
                Files.readString(digests)
                        .replaceFirst("\"images.jsonl\":\"[0-9a-f]*\"", "\"images.jsonl\":\"" + digest + "\""));

        Report report = read();
        assertThat(report.problems())
                .hasSize(4)
                .anySatisfy(p ->
                        assertThat(p).startsWith(summary + " is damaged").endsWith("; this evaluation is left out"))
                .anySatisfy(p ->
                        assertThat(p).startsWith(examples + " is damaged").endsWith("; this evaluation is left out"))
                .anySatisfy(
                        p -> assertThat(p).startsWith(emptied.toString()).endsWith("; this certificate is left out"))
                .anySatisfy(p -> assertThat(p).startsWith(images + " is damaged: it has no image"));
        assertThat(page()).contains("Not everything could be read", "worst case of the suite", "certified: at least");
        assertThat(report.runs().getFirst().robustness().evaluations()).isNotEmpty();
    }

    @Test
    void whatIsBegunIsToldOfAndLeftOut() throws IOException {
        Path evaluation = files("summary.json").getFirst();
        Files.delete(evaluation);
        Path certificate = files("certificate.json").getFirst();
        Files.move(certificate.resolveSibling("images.jsonl"), certificate.resolveSibling("work.jsonl"));
        Files.delete(certificate);
        Report report = read();
        assertThat(report.problems()).isEmpty();
        assertThat(report.runs().getFirst().robustness().unfinished())
                .containsExactly(
                        "1 robustness evaluation is begun and not finished; what is done is not shown before the rest is,"
                                + " and \"espalier evaluate\" continues.",
                        "1 certificate is begun and not finished; what is done is not shown before the rest is, and"
                                + " \"espalier certify\" continues.");
        assertThat(page()).contains("is begun and not finished");
        assertThat(text(report)).contains("is begun and not finished");
        // Machines that share the work write their parts.
        Files.move(certificate.resolveSibling("work.jsonl"), certificate.resolveSibling("part-0.jsonl"));
        assertThat(read().runs().getFirst().robustness().unfinished())
                .anyMatch(sentence -> sentence.startsWith("1 certificate is begun"));
    }

    @Test
    void levelsThatCannotBeReadCostTheirCertificatesNothingButTheirDensity() throws IOException {
        String key = Store.open(store).trials().getFirst().levels().getLast();
        Files.writeString(store.resolve("levels").resolve(key).resolve("level.json"), "{");
        Files.writeString(store.resolve("levels").resolve(key).resolve("done.json"), "{");
        assertThat(page()).contains("Not everything could be read", "Certified bounds");
    }

    @Test
    void equalStoresGiveEqualBytes() throws IOException {
        String first = page();
        assertThat(page()).isEqualTo(first);
    }
}
