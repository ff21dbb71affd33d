package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.lab.store.Json;
import org.espalier.lab.store.StoreLock;
import org.espalier.report.browser.Chromium;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

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
    private Chromium.Tab tab;
    private StoreLock lock;

    @BeforeAll
    static void start() throws IOException {
        browser = Chromium.start();
    }

    @AfterAll
    static void end() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        store = new GrowingStore(home.resolve("run"));
        server = WatchServer.start(store.directory, Optional.of(0));
        tab = browser.tab();
        tab.size(1280, 900);
    }

    @AfterEach
    void close() {
        release();
        if (tab != null) {
            tab.send("Page.close");
        }
        server.close();
    }

    private void release() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    /** A search with one level in work that is measured twice; its data set has a name with markup. */
    private void begin() {
        // The level first: a page that sees the search sees all of this at once.
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        store.measure(DENSE, 100, 0.9, 0.35, 0.25);
        store.time(Instant.now(), HERE, DENSE, "started", 0, 0);
        lock = StoreLock.acquire(store.directory);
        store.begin("<b>bold</b><script>alert(1)</script>");
    }

    /** Waits until an element has this text in it. */
    private void sees(String selector, String text) {
        tab.await("[...document.querySelectorAll(" + Json.write(selector) + ")].some(e => e.textContent.includes("
                + Json.write(text) + "))");
    }

    private int count(String selector) {
        return tab.evaluate("document.querySelectorAll(" + Json.write(selector) + ").length")
                .intValue();
    }

    /** Points of each line in the first card's first chart, faint ones left out. */
    private List<Integer> points() {
        JsonNode found =
                tab.evaluate("[...document.querySelectorAll('.card .chart:first-child .series:not(.faint) .line')]"
                        + ".map(line => line.getAttribute('d').split(/[ML]/).length - 1)");
        var points = new ArrayList<Integer>();
        found.forEach(number -> points.add(number.intValue()));
        return points;
    }

    private void nothingIsWrong() {
        assertThat(tab.errors()).isEmpty();
        assertThat(tab.requests())
                .isNotEmpty()
                .allMatch(address -> address.startsWith(server.address().toString()));
    }

    @Test
    void aSearchIsSeenBeginningGrowingOverfittingDyingAndGoingOn() {
        tab.open(server.address().toString());
        sees(".state", "Not there yet");

        begin();
        sees(".state", "Running");
        sees(".card h4", "<b>bold</b><script>alert(1)</script> fgsm original trial 1");
        assertThat(count("#runs b, #runs script")).as("names are text").isZero();
        tab.await("document.querySelector('.card .line')");
        assertThat(points()).as("natural, fgsm and pgd after two measurements").containsExactly(2, 2, 2);
        sees(".tile", "0 of 5");

        store.measure(DENSE, 200, 0.95, 0.4, 0.3);
        store.time(Instant.now(), HERE, DENSE, "progress", 200, 10);
        sees(".card .values", "natural 95.0 %");
        assertThat(points()).as("updates arrive without a reload").containsExactly(3, 3, 3);
        sees(".card .facts", "200 of 1,000 updates · 20/s · 40 s left");

        store.time(Instant.now(), HERE, DENSE, "finished", 1000, 40);
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.time(Instant.now(), HERE, FIRST, "started", 0, 0);
        store.measure(FIRST, 0, 0.2, 0, 0);
        store.measure(FIRST, 100, 0.9, 0.5, 0.4);
        sees(".tile", "1 of 5");
        sees(".card .facts", "level 1 of 2 · 50 % of weights");
        tab.await("document.querySelectorAll('.panel').length === 4");
        assertThat(tab.evaluate("[...document.querySelectorAll('.panel')].every(p => p.querySelector('.mark'))")
                        .booleanValue())
                .as("natural, fgsm, pgd and rates have marks")
                .isTrue();
        assertThat(count(".card .faint .line")).as("the dense level's curves").isGreaterThanOrEqualTo(3);
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
        assertThat(points()).containsExactly(2, 2, 2);
        nothingIsWrong();
    }

    @Test
    void valuesAreToldOnHoverAndToThoseWhoCannotSee() {
        begin();
        tab.open(server.address().toString());
        tab.await("document.querySelector('.card .line')");
        JsonNode box = tab.evaluate("(({left, top, width, height}) => ({left, top, width, height}))"
                + "(document.querySelector('.card svg').getBoundingClientRect())");
        tab.hover(
                box.path("left").doubleValue() + 60,
                box.path("top").doubleValue() + box.path("height").doubleValue() / 2);
        tab.await("document.getElementById('tip').style.display === 'block'");
        assertThat(tab.evaluate("document.getElementById('tip').innerText").stringValue())
                .contains("after 100 updates")
                .containsPattern("natural\\s+90.00 %")
                .containsPattern("fgsm\\s+35.00 %")
                .containsPattern("pgd\\s+25.00 %");
        assertThat(tab.evaluate("document.querySelector('.card svg').getAttribute('aria-label')")
                        .stringValue())
                .endsWith("natural 90 at 100; fgsm 35 at 100; pgd 25 at 100");
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
            for (String scheme : List.of("light", "dark")) {
                tab.size(width, 844);
                tab.send(
                        "Emulation.setEmulatedMedia",
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme)));
                tab.open(server.address().toString());
                tab.await("document.querySelectorAll('.panel .mark').length && document.querySelector('.card .line')");
                assertThat(tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
                                .booleanValue())
                        .as("nothing sticks out at %s pixels", width)
                        .isTrue();
                assertThat(tab.evaluate("[...document.querySelectorAll('svg text')].filter(t => {"
                                        + "const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();"
                                        + "return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1"
                                        + " || a.bottom > b.bottom + 1; }).map(t => t.textContent)")
                                .toString())
                        .as("labels clipped at %s pixels", width)
                        .isEqualTo("[]");
                backgrounds.add(tab.evaluate("getComputedStyle(document.body).backgroundColor")
                        .stringValue());
            }
        }
        assertThat(backgrounds.get(0)).isNotEqualTo(backgrounds.get(1)).isEqualTo(backgrounds.get(2));
        nothingIsWrong();
    }
}
