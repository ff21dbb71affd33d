package org.espalier.lab.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Leases on levels, and on parts of evaluations, in a shared store, one file for each: {@code cluster/leases/KEY.json}. A lease
 * is a hint that saves work. Two workers that do the same, because a lease was lost or expired, write the same bytes.
 *
 * <p>All ages are those that the file system's clock gives. This machine's clock is not read, so it may differ or be set.
 */
public final class Leases {
    /** Folder of the leases. */
    static final String FOLDER = "cluster/leases";

    private static final String WORKERS = "cluster/workers";
    private static final String SUFFIX = ".json";

    private final SharedFiles files;
    private final Lease own;
    private final Duration term;
    private volatile Reading reading = new Reading(Instant.EPOCH, 0);

    /**
     * The file system's clock at one moment.
     *
     * @param nanos of {@link System#nanoTime} then, which no setting of a clock changes
     */
    private record Reading(Instant time, long nanos) {}

    Leases(SharedFiles files, Lease own) {
        this.files = files;
        this.own = own;
        this.term = Duration.ofSeconds(own.termSeconds());
        beat();
    }

    private static String file(String key) {
        return FOLDER + "/" + key + SUFFIX;
    }

    private static String key(String file) {
        return file.substring(0, file.length() - SUFFIX.length());
    }

    private String home() {
        return WORKERS + "/" + own.worker() + SUFFIX;
    }

    /** Tells that this worker lives, and reads the file system's clock. */
    void beat() {
        files.put(home(), own.encode());
        long nanos = System.nanoTime();
        files.modified(home()).ifPresent(time -> reading = new Reading(time, nanos));
    }

    /** Removes what {@link #beat} wrote. */
    void leave() {
        files.delete(home());
    }

    private boolean alive(Instant modified, Duration itsTerm) {
        Reading last = reading;
        Instant now = last.time().plusNanos(System.nanoTime() - last.nanos());
        return Duration.between(modified, now).compareTo(itsTerm) < 0;
    }

    /** Keys that have a lease, expired or not. Takes one operation of the file system, however many there are. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        for (String name : files.names(FOLDER)) {
            if (name.endsWith(SUFFIX)) {
                names.add(key(name));
            }
        }
        return names;
    }

    /** Keys that have a lease, with whether it still counts. Terms are taken as this worker's own. */
    Map<String, Boolean> all() {
        Map<String, Boolean> leases = new HashMap<>();
        for (SharedFiles.Entry entry : files.list(FOLDER)) {
            if (entry.name().endsWith(SUFFIX)) {
                leases.put(key(entry.name()), alive(entry.modified(), term));
            }
        }
        return leases;
    }

    /** Takes a lease; false if another worker's counts or came first. */
    boolean claim(String key) {
        String file = file(key);
        Optional<Instant> modified = files.modified(file);
        if (modified.isPresent()) {
            Optional<byte[]> before = files.read(file);
            Duration itsTerm = before.flatMap(Lease::decode)
                    .map(lease -> Duration.ofSeconds(lease.termSeconds()))
                    .orElse(term);
            if (before.isPresent() && alive(modified.get(), itsTerm)) {
                return false;
            }
            // Another worker may have taken it over since. If it does so just now, both do the work, to the same bytes.
            if (!files.modified(file).equals(modified)) {
                return false;
            }
            files.delete(file);
        }
        return files.create(file, own.encode());
    }

    /** Extends a lease; false if it is another worker's now. */
    boolean renew(String key) {
        Optional<byte[]> there = files.read(file(key));
        if (there.isPresent() && !Arrays.equals(there.get(), own.encode())) {
            return false;
        }
        files.put(file(key), own.encode());
        return true;
    }

    /** Gives a lease back, unless it is another worker's now. */
    void release(String key) {
        if (files.read(file(key))
                .filter(there -> Arrays.equals(there, own.encode()))
                .isPresent()) {
            files.delete(file(key));
        }
    }

    /**
     * The leases of a store that count now, by the clock of this machine, for people.
     *
     * @return by key
     */
    public static Map<String, Lease> of(SharedFiles files) {
        Map<String, Lease> leases = new HashMap<>();
        for (SharedFiles.Entry entry : files.list(FOLDER)) {
            files.read(FOLDER + "/" + entry.name()).flatMap(Lease::decode).ifPresent(lease -> {
                if (Duration.between(entry.modified(), Instant.now()).toSeconds() < lease.termSeconds()) {
                    leases.put(entry.name().replace(SUFFIX, ""), lease);
                }
            });
        }
        return leases;
    }
}
