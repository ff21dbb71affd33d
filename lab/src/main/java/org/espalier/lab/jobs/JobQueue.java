package org.espalier.lab.jobs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A queue of jobs for several threads of this process: the levels of a search, the batches of an evaluation, the images of a
 * certification. A job may need another one done first. Jobs start in the order of the list, as far as these needs allow.
 *
 * <p>A queue runs once. The order in which jobs end depends on the machine, so a job's result must not.
 *
 * @param <J> a job
 */
public final class JobQueue<J> {
    /** How a job ended. */
    public enum End {
        /** Its result is stored; the jobs that need it may start. */
        DONE,
        /** It has no result and never will; the jobs that need it are dropped. */
        FAILED,
        /** It was interrupted because the queue stops. */
        STOPPED
    }

    /**
     * Runs jobs on one thread, one after the other; may keep buffers between jobs.
     *
     * @param <J> a job
     */
    @FunctionalInterface
    public interface Worker<J> {
        /**
         * Runs one job.
         *
         * @param stopping true once the job should stop
         */
        End run(J job, BooleanSupplier stopping);
    }

    private final List<J> jobs;
    private final List<List<Integer>> children; // (job) jobs that need it
    private final BooleanSupplier stopRequested;
    private final JobThreads threads = new JobThreads();
    // The rest is guarded by this object's monitor.
    private final TreeSet<Integer> ready = new TreeSet<>();
    private int open; // neither done nor failed nor dropped
    private int busy;

    /**
     * A queue of jobs that may need each other.
     *
     * @param jobs in the order in which they should start
     * @param key identifies a job
     * @param need key of the job that must be done before, if any
     * @param stopRequested true once no further job should start
     * @throws IllegalArgumentException if two jobs have the same key, or a job needs one that is not before it
     */
    public <K> JobQueue(
            List<J> jobs, Function<J, K> key, Function<J, Optional<K>> need, BooleanSupplier stopRequested) {
        this.jobs = List.copyOf(jobs);
        this.stopRequested = stopRequested;
        children = new ArrayList<>(jobs.size());
        Map<K, Integer> places = new HashMap<>();
        for (int place = 0; place < jobs.size(); place++) {
            J job = jobs.get(place);
            children.add(new ArrayList<>(0));
            Optional<K> parent = need.apply(job);
            if (parent.isEmpty()) {
                ready.add(place);
            } else {
                Integer before = places.get(parent.get());
                if (before == null) {
                    throw new IllegalArgumentException(
                            "job " + job + " needs " + parent.get() + ", which is not before it");
                }
                children.get(before).add(place);
            }
            if (places.put(key.apply(job), place) != null) {
                throw new IllegalArgumentException("job " + job + " is twice in the queue");
            }
        }
        open = jobs.size();
    }

    /** A queue of jobs that need nothing of each other. */
    public static <J> JobQueue<J> independent(List<J> jobs, BooleanSupplier stopRequested) {
        return new JobQueue<>(jobs, Function.identity(), _ -> Optional.empty(), stopRequested);
    }

    /**
     * Runs the jobs and waits for them, also when this thread is interrupted. No further job starts then, running jobs
     * are stopped, and the thread's interrupted status is set again.
     *
     * @param most jobs at once, at least 1
     * @param workers makes one worker per thread, on that thread
     * @return whether every job is done, failed or dropped
     * @throws RuntimeException or {@link Error}: the first that a worker threw, after all workers have ended
     */
    public boolean run(int most, Supplier<? extends Worker<J>> workers) {
        threads.run(Math.min(most, jobs.size()), _ -> work(workers));
        synchronized (this) {
            return open == 0;
        }
    }

    private boolean stopping() {
        return threads.stopping() || stopRequested.getAsBoolean();
    }

    private void work(Supplier<? extends Worker<J>> workers) {
        @Nullable Worker<J> worker = null;
        for (int place = take(); place >= 0; place = take()) {
            End end = End.STOPPED;
            try {
                if (worker == null) {
                    worker = workers.get();
                }
                end = worker.run(jobs.get(place), this::stopping);
            } catch (RuntimeException | Error e) {
                threads.stop(); // before another thread takes a job
                throw e;
            } finally {
                give(place, end);
            }
        }
    }

    /** The next job that may start; waits for one; -1 when there will be none. */
    private synchronized int take() {
        while (!stopping()) {
            Integer place = ready.pollFirst();
            if (place != null) {
                busy++;
                return place;
            }
            if (busy == 0) {
                break;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                threads.stop();
            }
        }
        notifyAll();
        return -1;
    }

    private synchronized void give(int place, End end) {
        busy--;
        switch (end) {
            case DONE -> {
                open--;
                ready.addAll(children.get(place));
            }
            case FAILED -> drop(place);
            case STOPPED -> {}
        }
        notifyAll();
    }

    /** Removes a job without a result and all jobs that need it. Chains are long, so this does not recurse. */
    private void drop(int failed) {
        List<Integer> dropped = new ArrayList<>(List.of(failed));
        for (int i = 0; i < dropped.size(); i++) {
            open--;
            dropped.addAll(children.get(dropped.get(i)));
        }
    }
}
