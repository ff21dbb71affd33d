package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WatcherTest {
    @TempDir
    private Path directory;

    @Test
    void whoeverEntersSeesWhatWasWrittenBefore() throws Exception {
        GrowingStore store = new GrowingStore(directory).begin();
        String key = GrowingStore.key(0, 0);
        store.beginLevel(key, 0);
        // So long a period that a look happens only if somebody's entering makes one.
        try (Watcher watcher =
                new Watcher(directory, InstantSource.system(), Duration.ofHours(1), Duration.ofMinutes(1))) {
            watcher.start();
            long began = System.nanoTime();
            for (int i = 1; i <= 300; i++) {
                store.measure(key, i, 0.5, 0.1, 0.1);
                watcher.enter();
                assertThat(watcher.board().all().set().get("r0/0")).contains("[" + i + ",");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("nobody waited until patience ran out")
                    .isLessThan(Duration.ofSeconds(45));
        }
    }

    @Test
    void nobodyMissesALookWhenManyComeAndGo() throws Exception {
        new GrowingStore(directory).begin();
        try (Watcher watcher =
                        new Watcher(directory, InstantSource.system(), Duration.ofHours(1), Duration.ofMinutes(1));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            watcher.start();
            Callable<Long> comeAndGo = () -> {
                long longest = 0;
                for (int i = 0; i < 100; i++) {
                    long began = System.nanoTime();
                    watcher.enter();
                    longest = Math.max(longest, System.nanoTime() - began);
                    watcher.leave();
                }
                return longest;
            };
            var waited = new ArrayList<Future<Long>>();
            for (int i = 0; i < 8; i++) {
                waited.add(threads.submit(comeAndGo));
            }
            for (Future<Long> longest : waited) {
                assertThat(Duration.ofNanos(longest.get())).isLessThan(Duration.ofMillis(1900));
            }
        }
    }
}
