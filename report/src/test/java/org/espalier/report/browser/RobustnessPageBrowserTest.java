package org.espalier.report.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.report.ReportFiles;
import org.espalier.report.SyntheticRobustness;
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

/** What suites leave and what is certified, as a reader of the page gets it. */
class RobustnessPageBrowserTest {
    /** Figures of the two sections, in the order of the page. */
    private static final List<String> FIGURES = List.of(
            "verdict",
            "robustness-left",
            "robustness-epsilon",
            "robustness-matrix",
            "robustness-loss",
            "robustness-security",
            "certified-bounds",
            "certified-epsilon",
            "certified-time");

    @TempDir
    private static Path folder;

    private static ReportInBrowser browser;
    private static List<Map<String, String>> csv;

    private Tab tab;

    @BeforeAll
    static void aReportOfThreeTrials() throws IOException {
        Path store = SyntheticRobustness.write(SyntheticStore.write(
                folder.resolve("store"),
                "quick-mlp",
                "trials=3",
                "objectives=[natural, pgd]",
                "strategies=[original]",
                "network.hidden=[12, 8]",
                "pruning.levels=3"));
        Report report = Report.read(List.of(store), Terms.USUAL);
        browser = ReportInBrowser.of(report, folder.resolve("out"));
        ReportFiles.writeRobustness(report.runs().getFirst().robustness(), folder, "");
        csv = Csv.read(folder.resolve(ReportFiles.ROBUSTNESS));
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

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "390, DARK"})
    void everyFigureHasMarksInEveryVariantAndNoLabelIsCutOff(int width, ColorScheme scheme) {
        open(width, scheme);
        for (int i = 0; i < FIGURES.size(); i++) {
            assertThat(browser.see(i)).startsWith(FIGURES.get(i));
            String node = "document.querySelectorAll('figure[data-group]')[" + i + "]";
            int variants = Math.max(1, tab.number(node + ".querySelectorAll('option').length"));
            for (int v = 0; v < variants; v++) {
                if (variants > 1) {
                    tab.evaluate("(() => { const s = " + node + ".querySelector('select'); s.value = " + v
                            + "; s.dispatchEvent(new Event('change')); })()");
                }
                String id = tab.text(node + ".dataset.drawn");
                assertThat(tab.number("[..." + node + ".querySelectorAll('.panel')].filter(p => p.querySelectorAll("
                                + "'.mark-line path, .mark-symbol path, .mark-rect path').length < 2).length"))
                        .as("panels without marks in " + id)
                        .isZero();
                assertThat(tab.list("[..." + node + ".querySelectorAll('.panel svg')].flatMap(s => {"
                                + " const box = s.getBoundingClientRect(); return [...s.querySelectorAll('text')].filter(t => {"
                                + " const r = t.getBoundingClientRect(); return r.width > 0 && (r.left < box.left - 1"
                                + " || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1); })"
                                + ".map(t => t.textContent); })"))
                        .as("labels cut off in " + id + " at " + width)
                        .isEmpty();
            }
        }
        assertThat(tab.number("document.documentElement.scrollWidth - innerWidth"))
                .as("how far the page is wider than its window")
                .isLessThanOrEqualTo(0);
        assertThat(tab.errors()).isEmpty();
        assertThat(tab.requests().stream().distinct())
                .containsExactly(browser.address().toString());
    }

    @Test
    void aClickOnAMarkShowsTheEvidence() {
        open(1280, ColorScheme.LIGHT);
        Locator mark = tab.page().locator("button.mark.unreliable").first();
        Locator evidence = tab.page().locator("#" + mark.getAttribute("popovertarget"));
        assertThat(evidence.isVisible()).isFalse();
        mark.click();
        assertThat(evidence.isVisible()).isTrue();
        assertThat(evidence.innerText())
                .contains("level 1: unreliable")
                .contains("trial 3: converged (unreliable): twice the iterations lower accuracy by 1.50 points")
                .contains("kept: inside")
                .contains("not checked: certified");
        assertThat(tab.errors()).isEmpty();
    }

    @Test
    void theValueUnderTheMouseIsTheMeanOfRobustnessCsv() {
        open(1280, ColorScheme.LIGHT);
        // The first figure is the verdict's.
        browser.see(1);
        BoundingBox box = tab.page()
                .locator("figure[data-group]")
                .nth(1)
                .locator(".panel svg")
                .nth(1)
                .boundingBox();
        for (double across : new double[] {0.3, 0.5, 0.8}) {
            tab.page().mouse().move(box.x + across * box.width, box.y + 0.5 * box.height);
            tab.await("getComputedStyle(document.querySelector('.tip') ?? document.body).display === 'block'"
                    + " && document.querySelector('.tip tr')");
            Map<?, ?> said = tab.object("Object.fromEntries([...document.querySelectorAll('.tip tr')]"
                    + ".map(r => [r.children[0].textContent, r.children[1].textContent]))");
            check(said);
        }
        assertThat(tab.errors()).isEmpty();
    }

    /** The first variant is the larger epsilon, the second panel PGD training. */
    private static void check(Map<?, ?> said) {
        String quantity = (String) said.get("accuracy");
        double density = Double.parseDouble((String) said.get("weights remaining (%)")) / 100;
        String attack = switch (quantity) {
            case "natural" -> "none";
            case "FGSM" -> "rule-fgsm";
            case "PGD-40" -> "rule-pgd";
            case "worst case" -> "all";
            default -> quantity;
        };
        List<Double> accuracies = csv.stream()
                .filter(row -> row.get("objective").equals("pgd")
                        && row.get("epsilon").equals("0.3")
                        && row.get("attack").equals(attack)
                        && Math.abs(Double.parseDouble(row.get("density")) - density) < 1e-4)
                .map(row -> 100 * Double.parseDouble(row.get(attack.equals("all") ? "after" : "alone")))
                .toList();
        assertThat(accuracies).as(said.toString()).hasSize(3);
        assertThat(Double.parseDouble((String) said.get("test accuracy (%)")))
                .isEqualTo(accuracies.stream().mapToDouble(a -> a).average().orElseThrow(), within(0.0006));
    }
}
