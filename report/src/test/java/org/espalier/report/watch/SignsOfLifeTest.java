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

class SignsOfLifeTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Optional<Long> PROCESS = Optional.of(7L);

    @TempDir
    private Path directory;

    private final SignsOfLife life = new SignsOfLife();

    @BeforeEach
    void lock() throws IOException {
        Files.writeString(directory.resolve(StoreLock.FILE), "7\n");
        lockedAt(BEGAN);
    }

    private void lockedAt(Instant time) throws IOException {
        Files.setLastModifiedTime(directory.resolve(StoreLock.FILE), FileTime.from(time));
    }

    private void heard(int second) {
        life.heard(new Timing(after(second).toString(), 7, "level", "progress", 1, 2, 1, 0));
    }

    private static Instant after(int seconds) {
        return BEGAN.plusSeconds(seconds);
    }

    @Test
    void aRunIsStalledAfterAMinuteOfSilence() {
        assertThat(life.process(PROCESS, directory)).isTrue();
        heard(10);
        heard(20);
        assertThat(life.silentSince(after(80))).isEmpty();
        assertThat(life.silentSince(after(81))).contains(after(20));
        heard(82);
        assertThat(life.silentSince(after(83))).isEmpty();
        assertThat(life.last()).contains(after(82));
    }

    @Test
    void aRunWithLongMeasurementsGetsFiveTimesItsLongestSilence() {
        life.process(PROCESS, directory);
        heard(10);
        heard(50);
        heard(60);
        assertThat(life.silentSince(after(260))).isEmpty();
        assertThat(life.silentSince(after(261))).contains(after(60));
    }

    @Test
    void aRunThatSaysNothingIsStalledSinceItBegan() {
        life.process(PROCESS, directory);
        assertThat(life.silentSince(after(60))).isEmpty();
        assertThat(life.silentSince(after(61))).contains(BEGAN);
    }

    @Test
    void whatDoesNotRunIsNotStalled() {
        life.process(PROCESS, directory);
        heard(10);
        assertThat(life.process(Optional.empty(), directory)).isTrue();
        assertThat(life.silentSince(after(10_000))).isEmpty();
    }

    @Test
    void silenceBetweenRunsDoesNotCountThoughTheProcessHasTheSameNumber() throws IOException {
        lockedAt(after(5000));
        life.process(PROCESS, directory);
        heard(10);
        heard(1000); // of an earlier run
        assertThat(life.silentSince(after(5060))).isEmpty();
        heard(5010);
        assertThat(life.silentSince(after(5071))).contains(after(5010));
        lockedAt(after(9000));
        assertThat(life.process(PROCESS, directory)).isTrue();
        assertThat(life.process(PROCESS, directory)).isFalse();
        assertThat(life.silentSince(after(9060))).isEmpty();
    }
}
