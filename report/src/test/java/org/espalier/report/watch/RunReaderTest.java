package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.store.Store;
import org.espalier.report.status.SearchStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunReaderTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long HERE = ProcessHandle.current().pid();
    private static final String DENSE = GrowingStore.key(0, 0);
    private static final String FIRST = GrowingStore.key(0, 1);

    @TempDir
    private Path home;

    private GrowingStore store;
    private RunReader reader;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Map<String, String> pieces = new LinkedHashMap<>();

    @BeforeEach
    void watchADirectoryThatIsNotThere() {
        Path directory = home.resolve("<b>run");
        store = new GrowingStore(directory);
        reader = new RunReader("r", directory, directory.getFileName());
    }

    /** Reads on and returns a piece of what is known by now. */
    private JsonNode look(String piece) {
        return look(piece, 10);
    }

    /** The same, so many seconds after the last time. */
    private JsonNode look(String piece, int seconds) {
        now = now.plusSeconds(seconds);
        RunReader.Found found = reader.poll(now, () -> false);
        if (found.all()) {
            pieces.clear();
        }
        pieces.putAll(found.set());
        return JSON.readTree(pieces.getOrDefault("r/" + piece, "null"));
    }

    private JsonNode level(int index) {
        return look(Integer.toString(index));
    }

    private String warnings() {
        return look("run").path("warnings").toString();
    }

    @Test
    void aDirectoryIsFollowedFromNothingToASearch() throws IOException {
        assertThat(look("run").path("state").stringValue()).isEqualTo("missing");
        assertThat(look("run").path("name").stringValue()).isEqualTo("<b>run");
        Files.createDirectories(store.directory);
        assertThat(look("run").path("state").stringValue()).isEqualTo("empty");
        assertThat(look("run").path("problem").stringValue()).contains("has no index.json");
        store.write(Store.INDEX, "{\"format\":");
        assertThat(look("run").path("state").stringValue()).isEqualTo("damaged");
        store.begin();
        assertThat(look("run").path("state").stringValue()).isEqualTo("stopped");
        assertThat(look("run").has("problem")).isFalse();
        assertThat(look("plan").path("trials")).hasSize(2);
        assertThat(look("plan").at("/trials/1/levels").toString()).isEqualTo("[0,3,4]");
        try (var _ = StoreLock.acquire(store.directory)) {
            assertThat(look("run").path("state").stringValue()).isEqualTo("running");
            assertThat(look("run").path("process").longValue()).isEqualTo(HERE);
        }
    }

    @Test
    void aLevelInWorkIsShownAsItGrows() {
        store.begin();
        try (var _ = StoreLock.acquire(store.directory)) {
            assertThat(level(0).isNull()).isTrue();
            store.beginLevel(DENSE, 0);
            store.time(now, HERE, DENSE, "started", 0, 0);
            assertThat(level(0).path("s").stringValue()).isEqualTo("work");
            store.measure(DENSE, 0, 0.1, 0, 0);
            store.time(now, HERE, DENSE, "progress", 100, 10);
            store.measure(DENSE, 100, 0.9, 0.4, 0.3);
            JsonNode level = level(0);
            assertThat(level.path("it").intValue()).isEqualTo(100);
            assertThat(level.path("of").intValue()).isEqualTo(1000);
            assertThat(level.path("rate").doubleValue()).isEqualTo(10);
            assertThat(level.path("acc").toString()).isEqualTo("{\"none\":0.9,\"fgsm\":0.4,\"pgd\":0.3}");
            assertThat(level.at("/curves/pgd").toString()).isEqualTo("[[0,0.0,1.0],[100,0.3,0.7]]");
            store.append("levels/" + DENSE + "/metrics.jsonl", "{\"iteration\":200,\"spl");
            assertThat(level(0).at("/curves/pgd")).hasSize(2);
            store.cut("levels/" + DENSE + "/metrics.jsonl", 8);
            store.measure(DENSE, 200, 0.95, 0.5, 0.4);
            assertThat(level(0).path("it").intValue())
                    .as("what is measured is made, whatever line of times there is")
                    .isEqualTo(200);
        }
    }

    @Test
    void timeLeftIsThatOfStatus() {
        store.begin();
        try (var _ = StoreLock.acquire(store.directory)) {
            store.beginLevel(DENSE, 0);
            store.time(now, HERE, DENSE, "started", 0, 0);
            store.time(now, HERE, DENSE, "progress", 500, 10);
            JsonNode run = look("run");
            long expected = SearchStatus.of(Store.open(store.directory))
                    .left()
                    .orElseThrow()
                    .toMillis();
            assertThat(run.path("left").longValue()).isEqualTo(expected).isGreaterThan(10_000);
            assertThat(run.path("leftOnTheClock").longValue()).isEqualTo(expected);
            assertThat(run.path("spent").longValue()).isEqualTo(10_000);
        }
    }

    @Test
    void aSearchThatIsKilledAndResumedFromItsCheckpointIsFollowed() {
        store.begin();
        store.beginLevel(DENSE, 0);
        try (var _ = StoreLock.acquire(store.directory)) {
            store.time(now, HERE, DENSE, "started", 0, 0);
            store.measure(DENSE, 0, 0.1, 0, 0);
            store.measure(DENSE, 100, 0.5, 0.2, 0.2);
            store.measure(DENSE, 200, 0.6, 0.3, 0.3);
            store.time(now, HERE, DENSE, "progress", 200, 10);
            assertThat(level(0).at("/curves/none")).hasSize(3);
        }
        assertThat(look("run").path("state").stringValue()).isEqualTo("vanished");
        assertThat(level(0).path("s").stringValue()).isEqualTo("begun");
        store.cut("levels/" + DENSE + "/metrics.jsonl", 8);
        try (var _ = StoreLock.acquire(store.directory)) {
            store.begin(); // a run writes its plan again
            store.time(now, HERE, DENSE, "started", 100, 0);
            JsonNode level = level(0);
            assertThat(level.path("s").stringValue()).isEqualTo("work");
            assertThat(level.path("it").intValue()).isEqualTo(100);
            assertThat(level.at("/curves/none").toString()).isEqualTo("[[0,0.1,0.9],[100,0.5,0.5]]");
            store.measure(DENSE, 200, 0.6, 0.3, 0.3);
            assertThat(level(0).at("/curves/none")).hasSize(3);
            store.time(now, HERE, DENSE, "stopped", 300, 10);
        }
        assertThat(look("run").path("state").stringValue()).isEqualTo("stopped");
    }

    @Test
    void aLevelThatAWorkerHoldsIsInWorkUntilItsLeaseExpires() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.time(now, 7, DENSE, "started", 0, 0);
        store.time(now, 7, DENSE, "progress", 200, 10);
        assertThat(look("run").path("state").stringValue()).isEqualTo("vanished");
        assertThat(look("run").path("work").intValue()).isZero();
        assertThat(level(0).path("s").stringValue()).isEqualTo("begun");

        store.hold(DENSE);
        JsonNode run = look("run");
        assertThat(run.path("state").stringValue()).isEqualTo("running");
        assertThat(run.has("process")).isFalse();
        assertThat(run.path("work").intValue()).isEqualTo(1);
        JsonNode level = level(0);
        assertThat(level.path("s").stringValue()).isEqualTo("work");
        assertThat(level.path("it").intValue()).isEqualTo(200);
        assertThat(level.path("rate").doubleValue()).isEqualTo(20);

        store.expire(DENSE);
        assertThat(look("run").path("state").stringValue()).isEqualTo("vanished");
        assertThat(level(0).path("s").stringValue()).isEqualTo("begun");
    }

    @Test
    void aLevelThatAWorkerHoldsIsInWorkBeforeItsFilesAreThere() {
        store.begin();
        assertThat(look("run").path("state").stringValue()).isEqualTo("stopped");
        store.hold(DENSE);
        JsonNode run = look("run");
        assertThat(run.path("state").stringValue()).isEqualTo("running");
        assertThat(run.path("begun").intValue()).isEqualTo(1);
        assertThat(level(0).path("s").stringValue()).isEqualTo("work");
        assertThat(level(0).path("of").intValue()).isEqualTo(1000);
        store.release(DENSE);
        assertThat(look("run").path("state").stringValue()).isEqualTo("stopped");
        assertThat(level(0).path("s").stringValue()).isEqualTo("waiting");
    }

    @Test
    void aLoneWorkerThatGoesOnWithItsNextLevelIsSeenAtOnce() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        store.hold(DENSE);
        assertThat(look("run").path("state").stringValue()).isEqualTo("running");
        assertThat(look("run", 1).path("work").intValue()).isEqualTo(1);

        store.finish(DENSE);
        store.release(DENSE);
        store.hold(FIRST);
        store.beginLevel(FIRST, 1);
        store.time(now, 7, FIRST, "progress", 100, 10);
        JsonNode run = look("run", 1);
        assertThat(run.path("state").stringValue()).isEqualTo("running");
        assertThat(run.path("done").intValue()).isEqualTo(1);
        assertThat(run.path("work").intValue()).isEqualTo(1);

        store.release(FIRST);
        assertThat(look("run", 1).path("state").stringValue())
                .as("nothing has changed, so leases wait until they are due")
                .isEqualTo("running");
        assertThat(look("run").path("state").stringValue()).isEqualTo("vanished");
    }

    @Test
    void aFinishedLevelKeepsItsLastMeasurementAndADenseOneItsCurves() {
        store.begin();
        for (int level = 0; level < 2; level++) {
            String key = GrowingStore.key(0, level);
            store.beginLevel(key, level);
            store.measure(key, 0, 0.1, 0.1, 0.1);
            store.measure(key, 100, 0.9, 0.45, 0.4);
            store.finish(key);
        }
        assertThat(level(0).at("/curves/none")).hasSize(2);
        assertThat(level(1).path("s").stringValue()).isEqualTo("done");
        assertThat(level(1).path("d").doubleValue()).isEqualTo(0.5);
        assertThat(level(1).has("curves")).isFalse();
        assertThat(level(1).path("acc").toString()).isEqualTo("{\"none\":0.9,\"fgsm\":0.45,\"pgd\":0.4}");
        assertThat(look("run").path("done").intValue()).isEqualTo(2);
        assertThat(warnings()).isEqualTo("[]");
    }

    @Test
    void divergedOverfittedAndDamagedLevelsAreWarnedOf() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        store.measure(DENSE, 100, 0.9, 0.5, 0.4);
        store.measure(DENSE, 200, 0.9, 0.9, 0.05);
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.fail(FIRST, 300, "training diverged");
        String other = GrowingStore.key(1, 1);
        store.beginLevel(other, 1);
        store.append("levels/" + other + "/metrics.jsonl", "nonsense\n");
        assertThat(warnings())
                .contains("\"kind\":\"overfitting\"", "digits fgsm original trial 1, level 0: since iteration 100")
                .contains("\"kind\":\"diverged\"", "digits fgsm original trial 1, level 1: training diverged")
                .contains("\"kind\":\"damaged\"", "metrics.jsonl, line 1, is damaged");
        store.measure(other, 0, 0.1, 0, 0);
        assertThat(warnings()).contains("line 1, is damaged");
        assertThat(level(3).path("acc").path("none").doubleValue()).isEqualTo(0.1);
        assertThat(level(1).path("s").stringValue()).isEqualTo("failed");
        assertThat(look("run").path("dropped").intValue()).isEqualTo(1);
    }

    @Test
    void aLossThatIsNoNumberIsWarnedOf() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.append(
                "levels/" + DENSE + "/metrics.jsonl",
                "{\"iteration\":7,\"split\":\"test\",\"attack\":\"pgd\",\"correct\":1,\"examples\":10,\"accuracy\":0.1,"
                        + "\"loss\":null}\n");
        assertThat(warnings()).contains("the loss on test images is not a finite number at iteration 7");
    }

    @Test
    void aBoundThatOverflowsIsNoWarningAndStandsAmongTheAttacks() {
        store.begin();
        store.write(
                Store.EXPERIMENT,
                "{trials: 1, training: {iterations: 1000}, objectives: [{name: fgsm, bound: ibp}],"
                        + " pruning: {levels: 2}, strategies: [original, random]}");
        store.beginLevel(DENSE, 0);
        store.append(
                "levels/" + DENSE + "/metrics.jsonl",
                "{\"iteration\":0,\"split\":\"validation\",\"attack\":\"ibp\",\"correct\":0,\"examples\":10,\"accuracy\":0.0,"
                        + "\"loss\":null}\n");
        assertThat(warnings()).doesNotContain("finite");
        assertThat(look("run").path("attacks").toString()).isEqualTo("[\"none\",\"fgsm\",\"pgd\",\"ibp\"]");
        assertThat(level(0).at("/acc/ibp").isNumber()).isTrue();
    }

    @Test
    void whatIsMissingIsSaid() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.finish(DENSE);
        store.beginLevel(GrowingStore.key(0, 2), 2);
        assertThat(warnings())
                .contains("metrics.jsonl is missing or empty")
                .contains("\"kind\":\"gap\"", "original trial 1, level 1: its directory is not there");
    }

    @Test
    void aStalledSearchIsWarnedOf() {
        now = Instant.now();
        store.begin();
        try (var _ = StoreLock.acquire(store.directory)) {
            assertThat(warnings()).isEqualTo("[]");
            now = now.plusSeconds(100);
            assertThat(warnings()).contains("\"kind\":\"stalled\"", "\"since\":");
        }
    }

    @Test
    void anotherSearchInTheSameDirectoryReplacesThis() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        assertThat(level(0).path("s").stringValue()).isEqualTo("begun");
        store.begin("fashion");
        assertThat(look("plan").toString()).contains("fashion").doesNotContain("digits");
    }

    @Test
    void aSearchThatWasDeletedAndRunAgainWhileNobodyLookedIsReadAnew() throws IOException {
        store.begin();
        for (int level = 0; level < 3; level++) {
            String key = GrowingStore.key(0, level);
            store.beginLevel(key, level);
            store.measure(key, 0, 0.1, 0.1, 0.1);
            store.measure(key, 100, 0.9, 0.45, 0.4);
            store.finish(key);
        }
        assertThat(look("run").path("done").intValue()).isEqualTo(3);

        delete();
        store.begin();
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0.1, 0.1);
        store.measure(DENSE, 100, 0.9, 0.45, 0.4);
        store.finish(DENSE);
        store.beginLevel(FIRST, 1);
        store.measure(FIRST, 0, 0.1, 0.1, 0.1);
        // Clocks of file systems tick coarsely; a search takes longer than this test.
        for (String name : List.of(Store.INDEX, "levels/" + DENSE + "/metrics.jsonl")) {
            Files.setLastModifiedTime(
                    store.directory.resolve(name), FileTime.from(Instant.now().plusSeconds(60)));
        }

        assertThat(look("run").path("done").intValue()).isEqualTo(1);
        assertThat(level(0).at("/curves/none")).hasSize(2);
        assertThat(level(1).path("s").stringValue()).isEqualTo("begun");
        assertThat(level(1).at("/curves/none").toString()).isEqualTo("[[0,0.1,0.9]]");
        assertThat(level(2).path("s").stringValue()).isEqualTo("waiting");
    }

    private void delete() throws IOException {
        try (var files = Files.walk(store.directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    @Test
    void whatWasReadOnceIsNotReadAgain() {
        store.begin();
        store.beginLevel(DENSE, 0);
        store.measure(DENSE, 0, 0.1, 0, 0);
        store.finish(DENSE);
        level(0);
        now = now.plusSeconds(1);
        assertThat(reader.poll(now, () -> false).set()).isEmpty();
    }

    @Test
    void aStoreThatIsGoneIsMissing() throws IOException {
        store.begin();
        store.beginLevel(DENSE, 0);
        assertThat(level(0).path("s").stringValue()).isEqualTo("begun");
        delete();
        assertThat(look("run").path("state").stringValue()).isEqualTo("missing");
        assertThat(pieces).containsOnlyKeys("r/run");
    }
}
