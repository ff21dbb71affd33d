package org.espalier.report.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.espalier.report.ReportFiles;
import org.espalier.report.ReportFolder;
import org.espalier.report.SyntheticStore;
import org.espalier.report.content.Report;
import org.espalier.report.format.Csv;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page as a reader gets it: in a browser, with a mouse. */
class ReportPageBrowserTest {
    private static final String FIGURES = "document.querySelectorAll('figure[data-group]').length";

    @TempDir
    private static Path folder;

    private static ReportInBrowser browser;
    private static List<Map<String, String>> csv;

    private Tab tab;

    @BeforeAll
    static void aReportOfThreeTrials() throws IOException {
        Path store = SyntheticStore.write(
                folder.resolve("store"),
                "quick-mlp",
                "name=browser",
                "trials=3",
                "strategies=[original, random, continued]",
                "network.hidden=[12, 8]",
                "pruning.levels=4");
        Report report = Report.read(List.of(store), Terms.USUAL);
        browser = ReportInBrowser.of(report, store.resolve(ReportFolder.NAME));
        Path results = folder.resolve("results.csv");
        ReportFiles.writeCsv(report.runs().getFirst().results(), results);
        csv = Csv.read(results);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void leave() {
        if (browser != null) {
            browser.closeTab();
        }
    }

    private void open(int width, ColorScheme scheme) {
        tab = browser.open(width, scheme);
    }

    private void open() {
        open(1280, ColorScheme.LIGHT);
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "390, DARK"})
    void everyFigureHasMarksAndNothingIsAskedForOrGoesWrong(int width, ColorScheme scheme) {
        open(width, scheme);
        int figures = tab.number(FIGURES);
        assertThat(figures).isGreaterThanOrEqualTo(9);
        for (int i = 0; i < figures; i++) {
            String id = browser.see(i);
            int empty = tab.number("""
                    [...document.querySelectorAll('figure[data-group]')[%d].querySelectorAll('.panel')].filter(p =>
                      p.querySelectorAll('.mark-line path, .mark-symbol path, .mark-rect path').length < 2).length""".formatted(i));
            assertThat(empty).as("panels without marks in " + id).isZero();
        }
        assertThat(tab.number("document.documentElement.scrollWidth - innerWidth"))
                .as("how far the page is wider than its window")
                .isLessThanOrEqualTo(0);
        assertThat(tab.is("getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"))
                .isEqualTo(scheme == ColorScheme.LIGHT);
        assertThat(tab.errors()).isEmpty();
        assertThat(tab.requests().stream().distinct())
                .containsExactly(browser.address().toString());
    }

    @Test
    void noLabelIsCutOff() {
        String cut = """
                [...document.querySelectorAll('figure[data-group]')].flatMap(f => [...f.querySelectorAll('.panel svg')]
                  .flatMap(s => { const box = s.getBoundingClientRect(); return [...s.querySelectorAll('text')]
                    .filter(t => { const r = t.getBoundingClientRect();
                      return r.width > 0 && (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1); })
                    .map(t => f.dataset.drawn + ': ' + t.textContent); }))""";
        open();
        for (int width : new int[] {1280, 390}) {
            tab.page().setViewportSize(width, 900);
            tab.await("innerWidth === " + width);
            tab.evaluate("dispatchEvent(new Event('beforeprint'))");
            assertThat(tab.list(cut)).as("labels cut off at " + width).isEmpty();
        }
    }

    @Test
    void theValueUnderTheMouseIsTheMeanOfResultsCsv() {
        open();
        // The first figure is the verdict's.
        assertThat(browser.see(1)).endsWith("accuracy-pgd");
        BoundingBox box = tab.page()
                .locator("figure[data-group]")
                .nth(1)
                .locator(".panel svg")
                .first()
                .boundingBox();
        // Four iterations were measured. Which points are nearest to the mouse depends on the fonts.
        var read = new HashSet<Map<?, ?>>();
        for (double across = 0.2; across < 0.95; across += 0.15) {
            tab.page().mouse().move(box.x + across * box.width, box.y + 0.5 * box.height);
            tab.await("getComputedStyle(document.querySelector('.tip') ?? document.body).display === 'block'"
                    + " && document.querySelector('.tip tr')");
            Map<?, ?> said = tab.object(
                    "Object.fromEntries([...document.querySelectorAll('.tip tr')].map(r => [r.children[0].textContent, r.children[1].textContent]))");
            check(said);
            read.add(said);
        }
        assertThat(read).hasSizeGreaterThan(1);
        assertThat(tab.errors()).isEmpty();
    }

    private static void check(Map<?, ?> said) {
        String strategy = (String) said.get("restart");
        String density = (String) said.get("weights remaining");
        String iteration = ((String) said.get("iteration")).replace(",", "");
        List<Double> accuracies = csv.stream()
                .filter(row -> row.get("strategy").equals(strategy)
                        && percent(row.get("density")).equals(density)
                        && row.get("iteration").equals(iteration)
                        && row.get("split").equals("test")
                        && row.get("attack").equals("pgd"))
                .map(row -> 100 * Double.parseDouble(row.get("accuracy")))
                .toList();
        assertThat(accuracies).as(said.toString()).hasSize(3);
        assertThat((String) said.get("trials")).isEqualTo("3");
        double mean = accuracies.stream().mapToDouble(a -> a).average().orElseThrow();
        double squares =
                accuracies.stream().mapToDouble(a -> (a - mean) * (a - mean)).sum();
        assertThat(Double.parseDouble((String) said.get("PGD test accuracy (%)")))
                .isEqualTo(mean, within(0.0006));
        assertThat(Double.parseDouble((String) said.get("standard deviation")))
                .isEqualTo(Math.sqrt(squares / 2), within(0.0006));
    }

    private static String percent(String density) {
        double percent = 100 * Double.parseDouble(density);
        return String.format(Locale.ROOT, percent >= 1 ? "%.1f %%" : "%.2f %%", percent);
    }

    @Test
    void legendsSwitchLinesOffAndOn() {
        open();
        browser.see(1);
        String lines = "document.querySelectorAll('figure[data-group]')[1].querySelector('.panel')"
                + ".querySelectorAll('.mark-line path').length";
        Locator button = tab.page()
                .locator("figure[data-group]")
                .nth(1)
                .locator(".legend button")
                .first();
        int before = tab.number(lines);

        button.click();
        assertThat(tab.number(lines)).isEqualTo(before - 1);
        assertThat(button.getAttribute("aria-pressed")).isEqualTo("false");

        button.click();
        assertThat(tab.number(lines)).isEqualTo(before);
    }

    @Test
    void everyFigureCanBeKept() throws IOException {
        open();
        int figures = tab.number(FIGURES);
        for (int i = 0; i < figures; i++) {
            String id = browser.see(i);
            for (String format : List.of("SVG", "PNG")) {
                Locator button = tab.page()
                        .locator("figure[data-group]")
                        .nth(i)
                        .locator(".figure-tools button", new Locator.LocatorOptions().setHasText(format));
                Download download = tab.page().waitForDownload(button::click);
                assertThat(download.suggestedFilename()).isEqualTo(id + "." + format.toLowerCase(Locale.ROOT));
                byte[] file = Files.readAllBytes(download.path());
                assertThat(file.length).as(id).isGreaterThan(3000);
                if (format.equals("SVG")) {
                    assertThat(new String(file, StandardCharsets.UTF_8))
                            .startsWith("<svg")
                            .endsWith("</svg>");
                } else {
                    assertThat(ImageIO.read(new ByteArrayInputStream(file)).getWidth())
                            .as(id)
                            .isGreaterThan(500);
                }
            }
        }
        assertThat(tab.errors()).isEmpty();
    }

    @Test
    void theChoiceOfDarkIsTakenAndDrawnAnew() {
        open();
        browser.see(0);
        Locator theme = tab.page().locator(".theme");
        theme.click();

        assertThat(tab.text("document.documentElement.dataset.theme")).isEqualTo("dark");
        assertThat(theme.textContent()).isEqualTo("Light");
        assertThat(
                        tab.is(
                                "[...document.querySelectorAll('.panel .mark-line path')].some(p => p.getAttribute('stroke') === '#e6e8eb')"))
                .isTrue();
    }

    @Test
    void onPaperAllFiguresAreThere() {
        open();
        assertThat(tab.page().pdf().length).isGreaterThan(50_000);
        assertThat(tab.is("[...document.querySelectorAll('figure[data-group]')].every(f => f.dataset.drawn)"))
                .isTrue();
        assertThat(tab.errors()).isEmpty();
    }
}
