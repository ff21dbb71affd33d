package org.espalier.report.watch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.Store;

/**
 * Looks at one directory, a search's or one that holds several, and keeps a {@link Board} of what it finds. It looks once a
 * second while somebody views, else not at all; what is behind it reads a tenth of a second at a time.
 */
final class Watcher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Watcher.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration PERIOD_BEHIND = Duration.ofMillis(200);
    private static final Duration READING = Duration.ofMillis(100);
    private static final Duration SEARCHING = Duration.ofSeconds(5);
    /** Longest time that a viewer waits for a fresh board before the one that there is must do. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Folders below the one given in which searches are looked for, and how many are shown. */
    private static final int DEEPEST = 3;

    private static final int MOST_RUNS = 50;
    private static final int MOST_FOLDERS = 2_000;

    private final Path root;
    private final InstantSource clock;
    private final Board board = new Board();
    private final Map<Path, RunReader> runs = new LinkedHashMap<>();
    private long searchedAt;
    private boolean searched;
    private int ids;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Duration period;
    private final Duration reading;
    private int viewers;
    /** Looks begun, looks ended, and the one that somebody waits for: numbers from 1. */
    private long begun;

    private long ended;
    private long wanted;
    private boolean closed;

    Watcher(Path root, InstantSource clock) {
        this(root, clock, PERIOD, READING);
    }

    /**
     * A watcher with times of its own.
     *
     * @param period from one look to the next
     * @param reading time after which a look leaves the rest for the next
     */
    Watcher(Path root, InstantSource clock, Duration period, Duration reading) {
        this.root = root;
        this.clock = clock;
        this.period = period;
        this.reading = reading;
    }

    /** Starts to look, on a thread of its own. */
    void start() {
        Thread.ofPlatform().daemon().name("watch").start(this::run);
    }

    Board board() {
        return board;
    }

    /**
     * Counts a viewer in, and waits until what is on the board is fresh: for a look that begins after this, since one that
     * is under way may have passed what has just been written. Whoever enters leaves, even if this is interrupted.
     */
    void enter() throws InterruptedException {
        lock.lock();
        try {
            viewers++;
            long fresh = begun + 1;
            wanted = fresh;
            changed.signalAll();
            long left = PATIENCE.toNanos();
            while (ended < fresh && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts a viewer out. */
    void leave() {
        lock.lock();
        try {
            viewers--;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            boolean behind = false;
            while (pause(behind ? PERIOD_BEHIND : period)) {
                try {
                    behind = look();
                } catch (RuntimeException e) {
                    // One run's fault must not end the page for all; it is shown, and looked at again.
                    LOG.log(System.Logger.Level.WARNING, "the searches cannot be read: " + e, e);
                    board.publish(Map.of("view", view(Optional.of(String.valueOf(e)))), Set.of());
                    behind = false;
                }
                lock.lock();
                try {
                    ended++;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            // Asked to end.
        }
    }

    /** Waits until it is time for the next look, sooner if a viewer wants one, and for a viewer. Returns whether to look. */
    private boolean pause(Duration period) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = period.toNanos();
            while (!closed && (viewers == 0 || wanted <= begun && left > 0)) {
                if (viewers == 0) {
                    changed.await();
                } else {
                    left = changed.awaitNanos(left);
                }
            }
            begun++;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Looks once. Returns whether there is more to read at once. */
    boolean look() {
        long end = System.nanoTime() + reading.toNanos();
        Map<String, String> set = new LinkedHashMap<>();
        Set<String> replaced = new LinkedHashSet<>();
        replaced.addAll(findRuns());
        boolean more = false;
        for (RunReader run : runs.values()) {
            RunReader.Found found = run.poll(clock.instant(), () -> System.nanoTime() > end);
            set.putAll(found.set());
            if (found.all()) {
                replaced.add(run.id() + "/");
            }
            more |= found.more();
        }
        set.put("view", view(Optional.empty()));
        board.publish(set, replaced);
        return more;
    }

    /** Which runs are shown, in order. */
    private String view(Optional<String> problem) {
        var view = new LinkedHashMap<String, Object>();
        view.put("directory", root.toString());
        view.put("runs", runs.values().stream().map(run -> (Object) run.id()).toList());
        problem.ifPresent(sentence -> view.put("problem", sentence));
        return Json.write(view);
    }

    /** Returns the prefixes of pieces of runs that are no more. */
    private Set<String> findRuns() {
        long now = System.nanoTime();
        if (searched && now - searchedAt < SEARCHING.toNanos()) {
            return Set.of();
        }
        searched = true;
        searchedAt = now;
        List<Path> found = new ArrayList<>();
        if (!isRun(root)) {
            find(root, 1, found, new int[1]);
            found.sort(null);
        }
        if (found.isEmpty()) {
            found.add(root);
        }
        var gone = new LinkedHashSet<String>();
        runs.entrySet().removeIf(run -> {
            if (!found.contains(run.getKey())) {
                gone.add(run.getValue().id() + "/");
                return true;
            }
            return false;
        });
        for (Path directory : found.subList(0, Math.min(MOST_RUNS, found.size()))) {
            runs.computeIfAbsent(
                    directory,
                    path -> new RunReader("r" + ids++, path, path.equals(root) ? root : root.relativize(path)));
        }
        return gone;
    }

    private static boolean isRun(Path directory) {
        return Files.exists(directory.resolve(Store.INDEX));
    }

    private static void find(Path directory, int depth, List<Path> found, int[] folders) {
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
            for (Path entry : entries) {
                if (++folders[0] > MOST_FOLDERS) {
                    return;
                }
                if (isRun(entry)) {
                    found.add(entry);
                } else if (depth < DEEPEST) {
                    find(entry, depth + 1, found, folders);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Not there yet, or not ours to read: nothing to show of it.
        }
    }
}
