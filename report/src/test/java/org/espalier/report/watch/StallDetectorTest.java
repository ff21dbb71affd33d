package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.store.Timing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StallDetectorTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Optional<Long> PROCESS = Optional.of(7L);

    @TempDir
    private Path directory;

    private final StallDetector stalls = new StallDetector();

    @BeforeEach
    void lock() throws IOException {
        Files.writeString(directory.resolve(StoreLock.FILE), "7\n");
        lockedAt(BEGAN);
    }

    private void lockedAt(Instant time) throws IOException {
        Files.setLastModifiedTime(directory.resolve(StoreLock.FILE), FileTime.from(time));
    }

    private void record(int second) {
        stalls.record(new Timing(after(second).toString(), 7, "level", "progress", 1, 2, 1, 0));
    }

    private static Instant after(int seconds) {
        return BEGAN.plusSeconds(seconds);
    }

    @Test
    void aRunIsStalledAfterAMinuteOfSilence() {
        assertThat(stalls.process(PROCESS, directory)).isTrue();
        record(10);
        record(20);
        assertThat(stalls.stalledSince(after(80))).isEmpty();
        assertThat(stalls.stalledSince(after(81))).contains(after(20));
        record(82);
        assertThat(stalls.stalledSince(after(83))).isEmpty();
        assertThat(stalls.last()).contains(after(82));
    }

    @Test
    void aRunWithLongMeasurementsGetsFiveTimesItsLongestSilence() {
        stalls.process(PROCESS, directory);
        record(10);
        record(50);
        record(60);
        assertThat(stalls.stalledSince(after(260))).isEmpty();
        assertThat(stalls.stalledSince(after(261))).contains(after(60));
    }

    @Test
    void aRunThatSaysNothingIsStalledSinceItBegan() {
        stalls.process(PROCESS, directory);
        assertThat(stalls.stalledSince(after(60))).isEmpty();
        assertThat(stalls.stalledSince(after(61))).contains(BEGAN);
    }

    @Test
    void whatDoesNotRunIsNotStalled() {
        stalls.process(PROCESS, directory);
        record(10);
        assertThat(stalls.process(Optional.empty(), directory)).isTrue();
        assertThat(stalls.stalledSince(after(10_000))).isEmpty();
    }

    @Test
    void silenceBetweenRunsDoesNotCountThoughTheProcessHasTheSameNumber() throws IOException {
        lockedAt(after(5000));
        stalls.process(PROCESS, directory);
        record(10);
        record(1000); // of an earlier run
        assertThat(stalls.stalledSince(after(5060))).isEmpty();
        record(5010);
        assertThat(stalls.stalledSince(after(5071))).contains(after(5010));
        lockedAt(after(9000));
        assertThat(stalls.process(PROCESS, directory)).isTrue();
        assertThat(stalls.process(PROCESS, directory)).isFalse();
        assertThat(stalls.stalledSince(after(9060))).isEmpty();
    }
}
