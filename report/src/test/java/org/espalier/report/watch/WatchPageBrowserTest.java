package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.StoreLock;
import org.espalier.report.browser.Chromium;
import org.espalier.report.browser.Tab;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a browser, while a search grows behind it. */
class WatchPageBrowserTest {
    private static final long HERE = ProcessHandle.current().pid();
    private static final String DENSE = GrowingStore.key(0, 0);
    private static final String FIRST = GrowingStore.key(0, 1);

    private static Chromium browser;

    @TempDir
    private Path home;

    private GrowingStore store;
    private WatchServer server;
    private Tab tab;
    private StoreLock lock;

    @BeforeAll
    static void start() throws IOException {
        browser = Chromium.start();
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        store = new GrowingStore(home.resolve("<b>bold<script>alert(1)"));
        server = WatchServer.start(store.directory, Optional.of(0));
        tab = browser.tab(1280, 900, ColorScheme.LIGHT);
    }

    @AfterEach
    void close() {
        release();
        if (tab != null) {
            tab.close();
        }
        server.close();
    }

    private void release() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    /** A search with one level in work that is measured twice; its folder has a name with markup. */
    private void begin() {
        // The level first: a page that sees the search sees all of this at once.
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        store.measure(DENSE, 100, 0.9, 0.35, 0.25);
        store.time(Instant.now(), HERE, DENSE, "started", 0, 0);
        lock = StoreLock.acquire(store.directory);
        store.begin();
    }

    /** Waits until an element has this text in it. */
    private void sees(String selector, String text) {
        tab.await("[...document.querySelectorAll(" + Json.write(selector) + ")].some(e => e.textContent.includes("
                + Json.write(text) + "))");
    }

    private int count(String selector) {
        return tab.page().locator(selector).count();
    }

    /** Points of each line in the first card's first chart, faint ones left out. */
    private List<?> points() {
        return tab.list("[...document.querySelectorAll('.card .chart:first-child .lines .mark-line path')]"
                + ".map(line => line.getAttribute('d').split(/[ML]/).length - 1)");
    }

    private void nothingIsWrong() {
        assertThat(tab.errors()).isEmpty();
        assertThat(tab.requests())
                .isNotEmpty()
                .allMatch(address -> address.startsWith(server.address().toString()));
    }

    @Test
    void aSearchIsSeenBeginningGrowingOverfittingDyingAndGoingOn() {
        tab.page().navigate(server.address().toString());
        sees(".state", "Not there yet");

        begin();
        sees(".state", "Running");
        sees(".card h4", "digits fgsm original trial 1");
        sees("#runs", "<b>bold<script>alert(1)");
        assertThat(count("#runs b, #runs script")).as("names are text").isZero();
        tab.await("document.querySelector('.card .lines .mark-line path')");
        assertThat(points()).as("natural, fgsm and pgd after two measurements").isEqualTo(List.of(2, 2, 2));
        sees(".tile", "0 of 5");
        tab.evaluate("document.querySelectorAll('.card svg').forEach(svg => svg.dataset.kept = 'yes')");

        store.measure(DENSE, 200, 0.95, 0.4, 0.3);
        store.time(Instant.now(), HERE, DENSE, "progress", 200, 10);
        sees(".card .values", "natural 95.0 %");
        assertThat(points()).as("updates arrive without a reload").isEqualTo(List.of(3, 3, 3));
        assertThat(count(".card svg[data-kept]"))
                .as("charts take new data and are not made anew")
                .isEqualTo(2);
        sees(".card .facts", "200 of 1,000 updates · 20/s · 40\u00a0s left");

        store.time(Instant.now(), HERE, DENSE, "finished", 1000, 40);
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.time(Instant.now(), HERE, FIRST, "started", 0, 0);
        store.measure(FIRST, 0, 0.2, 0, 0);
        store.measure(FIRST, 100, 0.9, 0.5, 0.4);
        sees(".tile", "1 of 5");
        sees(".card .facts", "level 1 of 2 · 50 % of weights");
        tab.await("document.querySelectorAll('.panel').length === 4");
        assertThat(tab.is("[...document.querySelectorAll('.panel')].every(p => p.querySelector('.mark-symbol path'))"))
                .as("natural, fgsm, pgd and rates have marks")
                .isTrue();
        assertThat(count(".card .faint .mark-line path"))
                .as("the dense level's curves")
                .isGreaterThanOrEqualTo(3);
        assertThat(count(".trials .square.done"))
                .as("the level that two strategies share")
                .isEqualTo(2);

        store.measure(FIRST, 200, 0.96, 0.9, 0.02);
        sees(".warning.overfitting", "level 1: since iteration 100 accuracy under fgsm has risen from 50.0 to 90.0 %");

        release();
        sees(".state", "Not running");
        tab.await("document.querySelector('.card.aside')");

        store.cut("levels/" + FIRST + "/metrics.jsonl", 8); // to before the fall
        lock = StoreLock.acquire(store.directory);
        store.time(Instant.now(), HERE, FIRST, "started", 100, 0);
        sees(".state", "Running");
        tab.await("!document.querySelector('.warning:not([hidden])')");
        assertThat(points()).isEqualTo(List.of(2, 2, 2));
        nothingIsWrong();
    }

    @Test
    void valuesAreToldOnHoverAndToThoseWhoCannotSee() {
        begin();
        tab.page().navigate(server.address().toString());
        tab.await("document.querySelector('.card .lines .mark-line path')");
        BoundingBox box = tab.page().locator(".card svg").first().boundingBox();
        tab.page().mouse().move(box.x + 60, box.y + box.height / 2);
        tab.await("document.getElementById('tip').style.display === 'block'");
        assertThat(tab.text("document.getElementById('tip').innerText"))
                .contains("after 100 updates")
                .containsPattern("natural\\s+90.00 %")
                .containsPattern("fgsm\\s+35.00 %")
                .containsPattern("pgd\\s+25.00 %");
        assertThat(tab.text("document.querySelector('.card svg').getAttribute('aria-label')"))
                .endsWith("natural 90 at 100; fgsm 35 at 100; pgd 25 at 100");
        nothingIsWrong();
    }

    @Test
    void aNetworkWithoutWeightsHasNoPlaceOnALogarithmicAxis() {
        begin();
        store.time(Instant.now(), HERE, DENSE, "finished", 1000, 40);
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.write(
                "levels/" + FIRST + "/level.json",
                "{\"format\":1,\"key\":\"" + FIRST
                        + "\",\"level\":1,\"weights\":[100],\"surviving\":[0],\"density\":0.0,"
                        + "\"determined-by\":{}}\n");
        store.measure(FIRST, 1000, 0.1, 0.1, 0.1);
        store.finish(FIRST);
        tab.page().navigate(server.address().toString());
        sees(".tile", "2 of 5");
        tab.await("document.querySelectorAll('.panel .mark-symbol path').length");
        tab.page().locator(".panel svg").first().hover();
        tab.await("document.getElementById('tip').style.display === 'block'");

        assertThat(tab.text("document.getElementById('tip').innerText")).contains("100");
        assertThat(tab.text("document.querySelector('main').outerHTML")).doesNotContain("NaN", "Infinity");
        assertThat(count(".panel:first-child .role-axis-tick line"))
                .as("the axis ends at the sparsest network that has weights: of its marks, 100 % alone lies in it")
                .isEqualTo(1);
        nothingIsWrong();
    }

    @Test
    void nothingIsClippedAtAnyWidthInLightAndDark() {
        begin();
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.measure(FIRST, 0, 0.2, 0, 0);
        store.measure(FIRST, 100, 0.9, 0.5, 0.4);
        var backgrounds = new ArrayList<String>();
        for (int width : new int[] {1280, 390}) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                tab.page().setViewportSize(width, 844);
                tab.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                tab.page().navigate(server.address().toString());
                tab.await(
                        "document.querySelectorAll('.panel .mark-symbol path').length && document.querySelector('.card .lines .mark-line path')");
                assertThat(tab.is("document.documentElement.scrollWidth <= innerWidth"))
                        .as("nothing sticks out at %s pixels", width)
                        .isTrue();
                assertThat(tab.list("[...document.querySelectorAll('svg text')].filter(t => {"
                                + "const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();"
                                + "return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1"
                                + " || a.bottom > b.bottom + 1; }).map(t => t.textContent)"))
                        .as("labels clipped at %s pixels", width)
                        .isEmpty();
                backgrounds.add(tab.text("getComputedStyle(document.body).backgroundColor"));
            }
        }
        assertThat(backgrounds.get(0)).isNotEqualTo(backgrounds.get(1)).isEqualTo(backgrounds.get(2));
        nothingIsWrong();
    }
}
