package org.espalier.report.watch;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What pages show, as pieces of JSON by name, each with the revision in which it last changed. Whoever knows a revision
 * gets what changed since; so there are no queues, and a slow reader just gets more at once.
 */
final class Board {
    private static final JsonFactory JSON = new JsonFactory();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Piece> pieces = new LinkedHashMap<>();
    private final Map<String, Long> gone = new HashMap<>();
    private long revision;

    private record Piece(long revision, String json) {}

    /**
     * What changed up to a revision.
     *
     * @param full whether it is everything, and what was known before is void
     * @param set pieces by name, as JSON
     * @param gone names of pieces that are no more
     */
    record Update(long revision, boolean full, Map<String, String> set, List<String> gone) {
        /** One line of JSON, with the time in milliseconds since 1970, by which ages are told. */
        String json(long now) {
            var out = new StringWriter();
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
                json.writeStartObject();
                json.writeNumberProperty("now", now);
                json.writeBooleanProperty("full", full);
                json.writeObjectPropertyStart("set");
                set.forEach((name, piece) -> {
                    json.writeName(name);
                    json.writeRawValue(piece);
                });
                json.writeEndObject();
                json.writeArrayPropertyStart("gone");
                gone.forEach(json::writeString);
                json.writeEndArray();
                json.writeEndObject();
            }
            return out.toString();
        }
    }

    /**
     * Changes several pieces as one revision; none if nothing is new.
     *
     * @param set JSON by name; names of letters, digits and slashes
     * @param prefixes prefixes of names under which what is not set is removed
     */
    void publish(Map<String, String> set, Set<String> prefixes) {
        lock.lock();
        try {
            long next = revision + 1;
            boolean news = false;
            for (Map.Entry<String, String> entry : set.entrySet()) {
                Piece before = pieces.get(entry.getKey());
                if (before == null || !before.json().equals(entry.getValue())) {
                    pieces.put(entry.getKey(), new Piece(next, entry.getValue()));
                    gone.remove(entry.getKey());
                    news = true;
                }
            }
            if (!prefixes.isEmpty()) {
                for (String name : new ArrayList<>(pieces.keySet())) {
                    if (!set.containsKey(name) && prefixes.stream().anyMatch(name::startsWith)) {
                        pieces.remove(name);
                        gone.put(name, next);
                        news = true;
                    }
                }
            }
            if (news) {
                revision = next;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything. */
    Update all() {
        lock.lock();
        try {
            var set = new LinkedHashMap<String, String>();
            pieces.forEach((name, piece) -> set.put(name, piece.json()));
            return new Update(revision, true, set, List.of());
        } finally {
            lock.unlock();
        }
    }

    /** What changed since a revision; everything if it is none of this board's. Waits for news, empty if none comes. */
    Optional<Update> since(long known, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (known < 0 || known > revision) {
                return Optional.of(all());
            }
            long left = unit.toNanos(timeout);
            while (known == revision && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (known == revision) {
                return Optional.empty();
            }
            var set = new LinkedHashMap<String, String>();
            pieces.forEach((name, piece) -> {
                if (piece.revision() > known) {
                    set.put(name, piece.json());
                }
            });
            List<String> lost = gone.entrySet().stream()
                    .filter(e -> e.getValue() > known)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            return Optional.of(new Update(revision, false, set, lost));
        } finally {
            lock.unlock();
        }
    }
}
