package org.espalier.report.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.store.Timing;

/**
 * Whether a running search still moves. It writes a line of times every ten seconds for each level in work, but for long
 * measurements; so it counts as stalled when it holds its lock and has written none for {@link #LEAST}, or for
 * {@value #TIMES} times the longest silence of this process so far, whichever is longer.
 */
final class StallDetector {
    static final Duration LEAST = Duration.ofSeconds(60);
    private static final int TIMES = 5;

    private Optional<Long> process = Optional.empty();
    private Instant began = Instant.EPOCH; // the present run; process numbers are used again, in containers at once
    private Optional<Instant> last = Optional.empty();
    private Optional<Instant> lastOfRun = Optional.empty();
    private Duration longest = Duration.ZERO;

    /** Sets which process works on the search, before its lines are recorded; returns whether it is another run. */
    boolean process(Optional<Long> now, Path directory) {
        Instant since = now.isPresent() ? lockTaken(directory) : began;
        if (now.equals(process) && since.equals(began)) {
            return false;
        }
        process = now;
        if (!since.equals(began)) {
            began = since;
            lastOfRun = Optional.empty();
            longest = Duration.ZERO;
        }
        return true;
    }

    private Instant lockTaken(Path directory) {
        try {
            return Files.getLastModifiedTime(directory.resolve(StoreLock.FILE))
                    .toInstant()
                    .truncatedTo(ChronoUnit.MILLIS);
        } catch (IOException e) {
            return began;
        }
    }

    /** Records the next line of times. */
    void record(Timing timing) {
        Instant time;
        try {
            time = Instant.parse(timing.time());
        } catch (DateTimeException e) {
            return;
        }
        last = Optional.of(time);
        if (process.isPresent() && !time.isBefore(began)) {
            Duration silence = Duration.between(lastOfRun.orElse(began), time);
            longest = silence.compareTo(longest) > 0 ? silence : longest;
            lastOfRun = last;
        }
    }

    /** When the last line was written. */
    Optional<Instant> last() {
        return last;
    }

    /** Since when the search is stalled; empty if it is not. */
    Optional<Instant> stalledSince(Instant now) {
        Instant since = lastOfRun.orElse(began);
        Duration patience = longest.multipliedBy(TIMES).compareTo(LEAST) > 0 ? longest.multipliedBy(TIMES) : LEAST;
        return process.isPresent() && Duration.between(since, now).compareTo(patience) > 0
                ? Optional.of(since)
                : Optional.empty();
    }
}
