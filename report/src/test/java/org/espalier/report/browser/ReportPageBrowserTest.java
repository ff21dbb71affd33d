package org.espalier.report.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.commons.csv.CSVFormat;
import org.espalier.report.Report;
import org.espalier.report.ReportFiles;
import org.espalier.report.ReportFolder;
import org.espalier.report.SyntheticStore;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The page as a reader gets it: in a browser, with a mouse. */
class ReportPageBrowserTest {
    @TempDir
    private static Path folder;

    private static Chromium browser;
    private static Path page;
    private static List<Map<String, String>> csv;

    private Chromium.Tab tab;

    @BeforeAll
    static void aReportOfThreeTrials() throws IOException {
        browser = Chromium.start();
        Path store = SyntheticStore.write(
                folder.resolve("store"),
                "quick",
                "name=browser",
                "trials=3",
                "strategies=[original, random, continued]",
                "network.hidden=[12, 8]",
                "pruning.levels=4");
        Report report = Report.read(List.of(store), Terms.USUAL);
        Path out = store.resolve(ReportFolder.NAME);
        ReportFolder.write(report, OptionalInt.empty(), out);
        page = out.resolve("index.html");
        Path results = folder.resolve("results.csv");
        ReportFiles.writeCsv(report.runs().getFirst().results(), results);
        csv = new ArrayList<>();
        try (var parser = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(Files.newBufferedReader(results))) {
            parser.forEach(row -> csv.add(new LinkedHashMap<>(row.toMap())));
        }
    }

    @AfterAll
    static void close() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        tab = browser.tab();
        tab.size(1280, 900);
        tab.open(page.toUri().toString());
        tab.await("document.documentElement.dataset.ready");
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "390, dark"})
    void everyFigureHasMarksAndNothingIsAskedForOrGoesWrong(int width, String scheme) {
        tab.send(
                "Emulation.setEmulatedMedia",
                "features",
                List.of(Map.of("name", "prefers-color-scheme", "value", scheme)));
        tab.size(width, 900);
        tab.open(page.toUri().toString());
        int figures = tab.evaluate("document.querySelectorAll('figure[data-group]').length")
                .intValue();
        assertThat(figures).isGreaterThanOrEqualTo(9);
        for (int i = 0; i < figures; i++) {
            String figure = "document.querySelectorAll('figure[data-group]')[" + i + "]";
            tab.evaluate(figure + ".scrollIntoView()");
            tab.await(figure + ".dataset.drawn");
            JsonNode empty = tab.evaluate(
                    "[...%s.querySelectorAll('.panel')].filter(p => p.querySelectorAll('.mark-line path, .mark-symbol path, .mark-rect path').length < 2).length"
                            .formatted(figure));
            String id = tab.evaluate(figure + ".dataset.drawn").asString();
            assertThat(empty.intValue()).as("panels without marks in " + id).isZero();
        }
        assertThat(tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                        .intValue())
                .as("how far the page is wider than its window")
                .isLessThanOrEqualTo(0);
        assertThat(tab.evaluate(
                                "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)' ? 'light' : 'dark'")
                        .asString())
                .isEqualTo(scheme);
        assertThat(tab.errors()).isEmpty();
        assertThat(tab.requests().stream().distinct())
                .containsExactly(page.toUri().toString());
    }

    @Test
    void noLabelIsCutOff() {
        String cut = """
                [...document.querySelectorAll('figure[data-group]')].flatMap(f => [...f.querySelectorAll('.panel svg')]
                  .flatMap(s => { const box = s.getBoundingClientRect(); return [...s.querySelectorAll('text')]
                    .filter(t => { const r = t.getBoundingClientRect();
                      return r.width > 0 && (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1); })
                    .map(t => f.dataset.drawn + ': ' + t.textContent); }))""";
        for (int width : new int[] {1280, 390}) {
            tab.size(width, 900);
            tab.await("innerWidth === " + width);
            tab.evaluate("dispatchEvent(new Event('beforeprint'))");
            assertThat(tab.evaluate(cut).toString())
                    .as("labels cut off at " + width)
                    .isEqualTo("[]");
        }
    }

    @Test
    void theValueUnderTheMouseIsTheMeanOfResultsCsv() {
        String figure = "document.querySelector('figure[data-group]')";
        tab.evaluate(figure + ".scrollIntoView()");
        tab.await(figure + ".dataset.drawn");
        assertThat(tab.evaluate(figure + ".dataset.drawn").asString()).endsWith("accuracy-pgd");
        JsonNode box = tab.evaluate(
                "(() => { const r = " + figure
                        + ".querySelector('.panel svg').getBoundingClientRect(); return {x: r.x, y: r.y, w: r.width, h: r.height}; })()");
        int read = 0;
        for (double across = 0.2; across < 0.95; across += 0.15) {
            tab.hover(
                    box.path("x").doubleValue() + across * box.path("w").doubleValue(),
                    box.path("y").doubleValue() + 0.5 * box.path("h").doubleValue());
            tab.await(
                    "getComputedStyle(document.querySelector('.tip') ?? document.body).display === 'block' && document.querySelector('.tip tr')");
            JsonNode said = tab.evaluate(
                    "Object.fromEntries([...document.querySelectorAll('.tip tr')].map(r => [r.children[0].textContent, r.children[1].textContent]))");
            check(said);
            read++;
        }
        assertThat(read).isGreaterThan(3);
        assertThat(tab.errors()).isEmpty();
    }

    private static void check(JsonNode said) {
        String strategy = said.path("restart").asString("");
        String density = said.path("weights remaining").asString("");
        String iteration = said.path("iteration").asString("").replace(",", "");
        List<Double> accuracies = csv.stream()
                .filter(row -> row.get("strategy").equals(strategy)
                        && percent(row.get("density")).equals(density)
                        && row.get("iteration").equals(iteration)
                        && row.get("split").equals("test")
                        && row.get("attack").equals("pgd"))
                .map(row -> 100 * Double.parseDouble(row.get("accuracy")))
                .toList();
        assertThat(accuracies).as(said.toString()).hasSize(3);
        assertThat(said.path("trials").asString("")).isEqualTo("3");
        double mean = accuracies.stream().mapToDouble(a -> a).average().orElseThrow();
        double squares =
                accuracies.stream().mapToDouble(a -> (a - mean) * (a - mean)).sum();
        assertThat(Double.parseDouble(said.path("PGD test accuracy (%)").asString("")))
                .isEqualTo(mean, within(0.0006));
        assertThat(Double.parseDouble(said.path("standard deviation").asString("")))
                .isEqualTo(Math.sqrt(squares / 2), within(0.0006));
    }

    private static String percent(String density) {
        double percent = 100 * Double.parseDouble(density);
        return String.format(java.util.Locale.ROOT, percent >= 1 ? "%.1f %%" : "%.2f %%", percent);
    }

    @Test
    void legendsSwitchLinesOffAndOn() {
        String figure = "document.querySelector('figure[data-group]')";
        tab.evaluate(figure + ".scrollIntoView()");
        tab.await(figure + ".dataset.drawn");
        String lines = figure + ".querySelector('.panel').querySelectorAll('.mark-line path').length";
        int before = tab.evaluate(lines).intValue();

        tab.evaluate(figure + ".querySelector('.legend button').click()");
        assertThat(tab.evaluate(lines).intValue()).isEqualTo(before - 1);
        assertThat(tab.evaluate(figure + ".querySelector('.legend button').getAttribute('aria-pressed')")
                        .asString())
                .isEqualTo("false");

        tab.evaluate(figure + ".querySelector('.legend button').click()");
        assertThat(tab.evaluate(lines).intValue()).isEqualTo(before);
    }

    @Test
    void everyFigureCanBeKept() {
        // Downloads are caught in the page: the link that would be followed is looked at instead.
        tab.evaluate(
                "window.kept = []; HTMLAnchorElement.prototype.click = function() { window.kept.push([this.download, this.href]); }");
        int figures = tab.evaluate("document.querySelectorAll('figure[data-group]').length")
                .intValue();
        for (int i = 0; i < figures; i++) {
            tab.evaluate("[...document.querySelectorAll('figure[data-group]')[" + i
                    + "].querySelectorAll('.figure-tools button')].forEach(b => b.click())");
        }
        tab.await("window.kept.length === " + 2 * figures);
        JsonNode sizes = tab.evaluate("""
                Promise.all(window.kept.map(async ([name, href]) => {
                  if (name.endsWith('.png')) return href.startsWith('data:image/png') ? href.length : 0;
                  return href.startsWith('blob:') ? 5000 : 0; }))""");
        for (JsonNode size : sizes) {
            assertThat(size.intValue()).isGreaterThan(4000);
        }
        assertThat(tab.errors()).isEmpty();
    }

    @Test
    void theChoiceOfDarkIsTakenAndDrawnAnew() {
        tab.evaluate("document.querySelector('figure[data-group]').scrollIntoView()");
        tab.await("document.querySelector('figure[data-group]').dataset.drawn");
        tab.evaluate("document.querySelector('.theme').click()");

        assertThat(tab.evaluate("document.documentElement.dataset.theme").asString())
                .isEqualTo("dark");
        assertThat(tab.evaluate("document.querySelector('.theme').textContent").asString())
                .isEqualTo("Light");
        assertThat(tab.evaluate(
                                "[...document.querySelectorAll('.panel .mark-line path')].some(p => p.getAttribute('stroke') === '#e6e8eb')")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void onPaperAllFiguresAreThere() {
        assertThat(tab.send("Page.printToPDF").path("data").asString("").length())
                .isGreaterThan(50_000);
        assertThat(tab.evaluate("[...document.querySelectorAll('figure[data-group]')].every(f => f.dataset.drawn)")
                        .asBoolean())
                .isTrue();
        assertThat(tab.errors()).isEmpty();
    }
}
