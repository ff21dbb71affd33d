package org.espalier.lab.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.espalier.lab.jobs.JobThreads;
import org.espalier.lab.jobs.PartedWork;
import org.jspecify.annotations.Nullable;

/**
 * Makes parts of evaluations or certificates in a store that other workers share, each under a lease. Whoever finds all parts of
 * one makes it whole. A worker that vanishes leaves leases that expire.
 */
public final class PartWorker {
    private final List<PartedWork> works;
    private final SharedFiles files;
    private final int jobs;
    private final Duration poll;
    private final boolean leave;
    private final Observer observer;
    private final LeaseKeeper keeper;
    private final Set<Integer> whole = new HashSet<>(); // guarded by this
    private final Set<String> taken = new HashSet<>(); // by this worker; guarded by this
    private final SplittableRandom random = new SplittableRandom(); // guarded by this; only orders the work
    private final JobThreads threads = new JobThreads();

    /** Receives progress on the threads that work; changes no result. */
    public interface Observer {
        /** Ignores all calls. */
        Observer NONE = new Observer() {};

        /** A part is made by this worker. */
        default void made(PartedWork work, int part) {}

        /** Work is made whole by this worker. */
        default void finished(PartedWork work) {}

        /** A sentence for the user. */
        default void warned(String sentence) {}
    }

    /**
     * A worker.
     *
     * @param jobs parts at once, at least 1
     * @param term how long a lease counts after the worker is gone, at least 1 second
     * @param leave whether to end as soon as other workers hold all that is left, instead of waiting for it
     * @throws org.espalier.UserException if the store cannot be written
     */
    public PartWorker(
            List<? extends PartedWork> works,
            SharedFiles files,
            int jobs,
            Duration term,
            boolean leave,
            Observer observer) {
        this.works = List.copyOf(works);
        this.files = files;
        this.jobs = jobs;
        this.poll = Worker.usualPoll(term);
        this.leave = leave;
        this.observer = observer;
        Consumer<String> warnings = observer::warned;
        this.keeper = new LeaseKeeper(files, term, () -> {}, warnings);
    }

    /** Ends the work after the present parts; safe to call from any thread. */
    public void stop() {
        threads.stop();
    }

    /**
     * Works until all is whole, or until stopped, or until others hold what is left if so asked.
     *
     * @return whether all is whole
     * @throws org.espalier.UserException if the store fails
     */
    public boolean run() {
        keeper.start();
        try (keeper) {
            threads.run(jobs, _ -> labour());
            synchronized (this) {
                return whole.size() == works.size();
            }
        }
    }

    /** Something to do under a lease: a part, or the end where all parts are there. */
    private record Piece(int work, int part, String key) {
        static final int END = -1;
    }

    private void labour() {
        int current = -1;
        PartedWork.@Nullable Maker maker = null;
        while (!threads.stopping()) {
            Optional<Piece> chosen = choose(Math.max(current, 0));
            if (chosen.isEmpty()) {
                synchronized (this) {
                    if (whole.size() == works.size()) {
                        return;
                    }
                }
                if (leave) {
                    return;
                }
                threads.pause(poll);
                continue;
            }
            Piece piece = chosen.get();
            PartedWork work = works.get(piece.work());
            try {
                if (piece.part() == Piece.END) {
                    finish(piece.work());
                } else {
                    if (maker == null || current != piece.work()) {
                        maker = work.maker();
                        current = piece.work();
                    }
                    maker.make(piece.part(), () -> threads.stopping() || keeper.lost(piece.key()))
                            .ifPresent(content -> put(work, piece.part(), content));
                }
            } finally {
                synchronized (this) {
                    taken.remove(piece.key());
                }
                keeper.release(piece.key());
            }
        }
    }

    private void put(PartedWork work, int part, byte[] content) {
        String name = work.folder() + "/" + work.part(part);
        files.put(name, content);
        if (files.exists(work.folder() + "/" + work.last())) {
            files.delete(name); // another worker was faster with this part and the rest
        }
        observer.made(work, part);
    }

    /** A piece of the first work that has one, from the present work on. */
    private synchronized Optional<Piece> choose(int from) {
        Set<String> held = keeper.leases().names();
        Optional<Piece> free = choose(from, held);
        if (free.isPresent() || held.isEmpty()) {
            return free;
        }
        Map<String, Boolean> leases = keeper.leases().all();
        held.removeIf(key -> !leases.getOrDefault(key, false));
        return choose(from, held);
    }

    private Optional<Piece> choose(int from, Set<String> held) {
        int start = from;
        boolean met = false;
        for (int step = 0; step < works.size(); step++) {
            int number = (start + step) % works.size();
            if (whole.contains(number)) {
                continue;
            }
            Optional<Piece> free = look(number, held);
            if (free.filter(this::take).isPresent()) {
                return free;
            }
            if (free.isPresent() && !met) { // another worker was faster: many may have started together
                met = true;
                start = random.nextInt(works.size());
                step = -1;
            }
        }
        return Optional.empty();
    }

    /** Looks for a piece of one work that nobody holds. */
    private Optional<Piece> look(int number, Set<String> held) {
        PartedWork work = works.get(number);
        if (isWhole(number)) {
            return Optional.empty();
        }
        Set<String> there = new HashSet<>(files.names(work.folder()));
        List<Piece> free = new ArrayList<>();
        boolean all = true;
        for (int part = 0; part < work.parts(); part++) {
            if (!there.contains(work.part(part))) {
                all = false;
                Piece piece = new Piece(number, part, key(work, Integer.toString(part)));
                if (!held.contains(piece.key()) && !taken.contains(piece.key())) {
                    free.add(piece);
                }
            }
        }
        if (all) {
            Piece end = new Piece(number, Piece.END, key(work, "end"));
            return Optional.of(end).filter(piece -> !held.contains(piece.key()) && !taken.contains(piece.key()));
        }
        return free.stream().findFirst();
    }

    /** A lease's key, which no level has. */
    private static String key(PartedWork work, String part) {
        return work.folder().replace('/', '_') + "_" + part;
    }

    private boolean isWhole(int number) {
        PartedWork work = works.get(number);
        if (!whole.contains(number)) {
            if (!files.exists(work.folder() + "/" + work.last())) {
                return false;
            }
            whole.add(number);
            // Whoever made it whole may have been killed before the end.
            Set<String> there = new HashSet<>(files.names(work.folder()));
            for (int part = 0; part < work.parts(); part++) {
                if (there.contains(work.part(part))) {
                    files.delete(work.folder() + "/" + work.part(part));
                }
            }
        }
        return true;
    }

    private boolean take(Piece piece) {
        if (!keeper.claim(piece.key())) {
            return false;
        }
        PartedWork work = works.get(piece.work());
        // It may have been made between the look and the claim.
        if (isWhole(piece.work())
                || piece.part() != Piece.END && files.exists(work.folder() + "/" + work.part(piece.part()))) {
            keeper.release(piece.key());
            return false;
        }
        taken.add(piece.key());
        return true;
    }

    private void finish(int number) {
        PartedWork work = works.get(number);
        List<byte[]> parts = new ArrayList<>();
        for (int part = 0; part < work.parts(); part++) {
            String name = work.folder() + "/" + work.part(part);
            Optional<byte[]> content = files.read(name);
            if (content.isEmpty()) {
                return; // another worker has made the work whole, or this part is made again
            }
            if (!work.sound(part, content.get())) {
                observer.warned(files.describe() + "/" + name + " is damaged; it is made again");
                files.delete(name);
                return;
            }
            parts.add(content.get());
        }
        Map<String, byte[]> made = work.finish(parts);
        made.forEach((name, content) -> files.put(work.folder() + "/" + name, content));
        if (!made.isEmpty()) {
            for (int part = 0; part < work.parts(); part++) {
                files.delete(work.folder() + "/" + work.part(part));
            }
        }
        synchronized (this) {
            whole.add(number);
        }
        observer.finished(work);
    }
}
