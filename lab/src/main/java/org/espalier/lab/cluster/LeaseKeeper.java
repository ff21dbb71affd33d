package org.espalier.lab.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.lab.jobs.JobThreads;
import org.jspecify.annotations.Nullable;

/** The leases that one worker holds. A thread extends them from {@link #start} until this is closed. Safe for several threads. */
final class LeaseKeeper implements AutoCloseable {
    /** Times that a lease is extended in its term, at least. */
    static final int BEATS_PER_TERM = 4;

    private static final long MOST_BEAT_MILLIS = 10_000;
    private static final int UNIQUE = 8; // digits

    private final String name;
    private final Leases leases;
    private final long beatMillis;
    private final Runnable also;
    private final Consumer<String> warnings;
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final Set<String> lost = ConcurrentHashMap.newKeySet(); // of those, the ones that another worker took
    private @Nullable Thread heart;
    private volatile boolean ended;

    /**
     * A keeper without leases.
     *
     * @param term how long a lease counts after the worker is gone
     * @param also is run at every beat
     * @param warnings receives a sentence if the store fails for a moment
     * @throws UserException if the store cannot be written
     */
    LeaseKeeper(SharedFiles files, Duration term, Runnable also, Consumer<String> warnings) {
        this.also = also;
        this.warnings = warnings;
        this.beatMillis = Math.min(MOST_BEAT_MILLIS, term.toMillis() / BEATS_PER_TERM);
        long process = ProcessHandle.current().pid();
        String host = host();
        // Containers on several machines may have one host name and one process number.
        name = host + "-" + process + "-" + UUID.randomUUID().toString().substring(0, UNIQUE);
        leases = new Leases(files, new Lease(name, host, process, term.toSeconds()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    void start() {
        heart = Thread.ofPlatform().daemon().name("espalier-leases").start(this::beat);
    }

    /** The worker's name, unique among all. */
    String name() {
        return name;
    }

    Leases leases() {
        return leases;
    }

    /** Takes a lease; false if another worker was faster. */
    boolean claim(String key) {
        if (!leases.claim(key)) {
            return false;
        }
        held.add(key);
        return true;
    }

    /** Gives a lease back. */
    void release(String key) {
        held.remove(key);
        lost.remove(key);
        leases.release(key);
    }

    /** Whether another worker has taken over what this one holds. */
    boolean lost(String key) {
        return lost.contains(key);
    }

    private void beat() {
        try {
            while (!ended) {
                TimeUnit.MILLISECONDS.sleep(beatMillis);
                try {
                    leases.beat();
                    for (String key : Set.copyOf(held)) {
                        if (!leases.renew(key)) {
                            lost.add(key);
                        } else if (!held.contains(key)) {
                            leases.release(key); // it was given back at the same time
                        }
                    }
                    also.run();
                } catch (UserException e) {
                    // The next beat may succeed. If the store is gone, publishing says so. At the end, closing has
                    // interrupted it.
                    if (!ended) {
                        warnings.accept(String.valueOf(e.getMessage()));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the thread. A store that fails now has failed before, with a message. */
    @Override
    public void close() {
        ended = true;
        Thread thread = heart;
        if (thread != null) {
            thread.interrupt();
            JobThreads.join(thread, () -> {});
        }
        try {
            leases.leave();
        } catch (UserException e) {
            warnings.accept(String.valueOf(e.getMessage()));
        }
    }
}
