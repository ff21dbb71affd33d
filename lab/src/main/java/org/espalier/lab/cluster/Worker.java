package org.espalier.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.UserException;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.jobs.JobQueue.End;
import org.espalier.lab.jobs.JobThreads;
import org.espalier.lab.plan.Task;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;
import org.jspecify.annotations.Nullable;

/**
 * Trains levels of a search in a store that other workers share. It takes a level by a lease, trains it on its own disk, and
 * publishes it. A worker that vanishes leaves a lease that expires and a checkpoint that another worker continues from.
 */
public final class Worker {
    private static final String NONE = "";

    private final WorkRequest request;
    private final LevelWork work;
    private final SharedFiles files;
    private final SharedLevels shared;
    private final RunObserver observer;
    private final LeaseKeeper keeper;
    private final Frontier frontier; // guarded by this
    private final SplittableRandom random = new SplittableRandom(); // guarded by this; only orders the work
    private final AtomicInteger trained = new AtomicInteger();
    private final List<GrowingLines> timings = new CopyOnWriteArrayList<>();
    private final JobThreads threads = new JobThreads();
    private volatile int left;

    /**
     * A worker.
     *
     * @param work the search, planned; {@link LevelWork#check} has compared it with the store
     * @param files the shared store, which holds the plan
     * @throws UserException if the store cannot be written
     */
    public Worker(WorkRequest request, LevelWork work, SharedFiles files, RunObserver observer) {
        this.request = request;
        this.work = work;
        this.files = files;
        this.observer = observer;
        this.shared = new SharedLevels(files);
        this.frontier = new Frontier(work.plan());
        this.keeper = new LeaseKeeper(files, request.term(), this::sendTimings, observer::warned);
    }

    /** Stops: levels in work are put aside with a published checkpoint. Safe to call from any thread. */
    public void stop() {
        threads.stop();
    }

    /**
     * Works until all levels are done or failed, or until stopped, or until others hold what is left if the request says so.
     *
     * @throws UserException if the shared store or the scratch directory fails
     */
    public WorkOutcome run() {
        keeper.start();
        try {
            if (request.verify()) {
                verify();
            }
            tellPlan();
            threads.run(request.run().jobs(), job -> labour(request.scratch().resolve("job-" + job)));
            return new WorkOutcome(threads.stopping(), trained.get(), left, failed());
        } finally {
            keeper.close();
            sendTimings();
        }
    }

    private synchronized int failed() {
        return frontier.failed();
    }

    private void sendTimings() {
        for (GrowingLines tail : timings) {
            byte[] lines = tail.take();
            if (lines.length > 0) {
                files.append(Store.TIMINGS, keeper.name(), lines);
            }
        }
    }

    private void tellPlan() {
        List<Integer> all = new ArrayList<>();
        List<Integer> waiting = new ArrayList<>();
        Set<String> begun = shared.begun();
        for (Task task : frontier.tasks()) {
            all.add(task.number());
            if (!begun.contains(task.key()) || state(task) == LevelState.WAITING) {
                waiting.add(task.number());
            }
        }
        observer.planned(work.plan().trials().size(), all, waiting);
    }

    private LevelState state(Task task) {
        return shared.state(task.key(), task.number() == 0 ? work.plan().rewinds() : List.of());
    }

    /** Checks all finished levels; damaged ones are withdrawn. Checkpoints that finished levels do not need are deleted. */
    private void verify() {
        Set<String> checkpoints = shared.checkpoints();
        try (StoreWriter scratch = work.open(request.scratch().resolve("verify"))) {
            for (Task task : frontier.tasks()) {
                if (threads.stopping()) {
                    return;
                }
                if (files.exists(Store.LEVELS + "/" + task.key() + "/" + StoredLevel.DONE)) {
                    Optional<String> damage = shared.fetch(task.key(), scratch, List.of());
                    damage.ifPresent(problem -> withdraw(task.key(), problem));
                    SharedLevels.delete(scratch.level(task.key()).directory());
                    if (damage.isEmpty() && checkpoints.contains(task.key())) {
                        shared.deleteCheckpoint(task.key());
                    }
                }
            }
        }
    }

    private synchronized void withdraw(String key, String why) {
        observer.warned(why + "; this level is trained again");
        shared.withdraw(key);
        frontier.reopen(key);
    }

    private void labour(Path home) {
        timings.add(new GrowingLines(home.resolve(Store.TIMINGS)));
        try (StoreWriter scratch = work.open(home)) {
            labour(scratch, home.resolve("spare"));
        }
    }

    private void labour(StoreWriter scratch, Path spare) {
        String before = NONE;
        while (!threads.stopping()) {
            Frontier.Choice choice = choose(before);
            if (choice.task().isEmpty()) {
                left = choice.left();
                if (choice.left() == 0 || request.leave() && !choice.waiting()) {
                    return;
                }
                threads.pause(request.poll());
                continue;
            }
            Task task = choice.task().get();
            try {
                if (ready(task, scratch, spare)) {
                    train(task, scratch, spare);
                }
                before = task.key();
            } finally {
                synchronized (this) {
                    frontier.give(task.key());
                }
                keeper.release(task.key());
            }
        }
    }

    private synchronized Frontier.Choice choose(String before) {
        return frontier.choose(before, new View(), random::nextInt);
    }

    /** What the shared store says, read when it is asked for: most levels are the next of a chain, which needs no list. */
    private final class View implements Frontier.View {
        private @Nullable Set<String> names;
        private @Nullable Map<String, Boolean> leases;

        @Override
        public boolean held(String key) {
            Set<String> found = names;
            if (found == null) {
                found = keeper.leases().names();
                names = found;
            }
            return found.contains(key);
        }

        @Override
        public boolean counts(String key) {
            Map<String, Boolean> found = leases;
            if (found == null) {
                found = keeper.leases().all();
                leases = found;
            }
            return found.getOrDefault(key, false);
        }

        @Override
        public LevelState state(Task task) {
            return Worker.this.state(task);
        }

        @Override
        public boolean claim(String key) {
            return keeper.claim(key);
        }

        @Override
        public void release(String key) {
            keeper.release(key);
        }
    }

    /** Brings what a level starts from to this worker; false if it must be trained again first. */
    private boolean ready(Task task, StoreWriter scratch, Path spare) {
        Set<String> needed = new HashSet<>(List.of(task.key(), task.dense()));
        task.parent().ifPresent(needed::add);
        tidy(scratch, needed);
        if (task.parent().isPresent()) {
            if (!fetched(task.parent().get(), task, scratch) || !fetched(task.dense(), task, scratch)) {
                return false;
            }
        }
        Path directory = scratch.level(task.key()).directory();
        if (files.exists(Store.LEVELS + "/" + task.key() + "/" + StoredLevel.DONE)) {
            // Only the weights for a rewind are missing.
            Optional<String> damage = shared.fetch(task.key(), scratch, List.of());
            damage.ifPresent(why -> withdraw(task.key(), why));
            return damage.isEmpty();
        }
        shared.fetchCheckpoint(task.key(), directory, spare, observer::warned);
        return true;
    }

    private boolean fetched(String key, Task reader, StoreWriter scratch) {
        List<String> wanted = new ArrayList<>(List.of(StoredLevel.TRAINED));
        if (key.equals(reader.dense())) {
            reader.strategy().snapshot().ifPresent(iteration -> wanted.add(StoredLevel.rewindFile(iteration)));
        }
        Path directory = scratch.level(key).directory();
        if (Files.exists(directory.resolve(StoredLevel.DONE))
                && wanted.stream().allMatch(file -> Files.exists(directory.resolve(file)))) {
            return true;
        }
        Optional<String> damage = shared.fetch(key, scratch, wanted);
        damage.ifPresent(why -> withdraw(key, why));
        return damage.isEmpty();
    }

    /** Deletes levels on this worker's disk that are not needed now. */
    private static void tidy(StoreWriter scratch, Set<String> needed) {
        Path levels = scratch.level("x").directory().resolveSibling(".").normalize();
        try {
            for (Path level : Directories.list(levels)) {
                if (!needed.contains(String.valueOf(level.getFileName()))) {
                    SharedLevels.delete(level);
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(levels, e);
        }
    }

    private void train(Task task, StoreWriter scratch, Path spare) {
        String key = task.key();
        Path directory = scratch.level(key).directory();
        End end = work.train(
                task, scratch, new Publishing(key, directory, spare), () -> threads.stopping() || keeper.lost(key));
        if (end == End.STOPPED) {
            return;
        }
        shared.publish(key, scratch.level(key), spare);
        synchronized (this) {
            frontier.settle(key, end == End.DONE ? LevelState.DONE : LevelState.FAILED);
        }
        if (end == End.DONE) {
            trained.incrementAndGet();
        }
    }

    /** Publishes a level's checkpoints and passes its events on. */
    private final class Publishing implements RunObserver {
        private final String key;
        private final Path directory;
        private final Path spare;

        Publishing(String key, Path directory, Path spare) {
            this.key = key;
            this.directory = directory;
            this.spare = spare;
        }

        @Override
        public void started(LevelInWork level, int iteration) {
            // A rule may change the mask in training, and level.json has the counts of the network that it gives.
            boolean counted = request.run().experiment().training().mask().isEmpty();
            shared.begin(key, directory, counted);
            observer.started(level, iteration);
        }

        @Override
        public void checkpointed(LevelInWork level, int iteration) {
            if (!keeper.lost(key)) {
                shared.publishCheckpoint(key, directory, spare);
                observer.checkpointed(level, iteration);
            }
        }

        @Override
        public void reached(LevelInWork level, int iteration) {
            observer.reached(level, iteration);
        }

        @Override
        public void measured(LevelInWork level, List<Measurement> measurements) {
            observer.measured(level, measurements);
        }

        @Override
        public void finished(LevelInWork level) {
            observer.finished(level);
        }

        @Override
        public void failed(LevelInWork level, Failure failure) {
            observer.failed(level, failure);
        }

        @Override
        public void stopped(LevelInWork level, int iteration) {
            if (keeper.lost(key)) {
                observer.warned(level.trial() + ", level " + level.number()
                        + " was taken over by another worker, as this one was silent for too long");
            } else {
                observer.stopped(level, iteration);
            }
        }

        @Override
        public void warned(String sentence) {
            observer.warned(sentence);
        }
    }

    /** The usual pause between looks at a store whose levels are all held: a part of the term, at most 10 seconds. */
    public static Duration usualPoll(Duration term) {
        return Duration.ofMillis(Math.min(10_000, term.toMillis() / LeaseKeeper.BEATS_PER_TERM));
    }
}
