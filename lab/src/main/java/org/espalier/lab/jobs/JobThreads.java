package org.espalier.lab.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Threads of this process that work together, until the work is done, is to stop, or one of them fails. Safe for several threads. */
public final class JobThreads {
    private static final long MOST_SLEEP_MILLIS = 100; // a pause ends soon after a stop

    private volatile boolean stopping;
    private @Nullable Throwable problem; // guarded by this

    /** Asks the threads to end. */
    public void stop() {
        stopping = true;
    }

    /** Whether the threads are to end: by {@link #stop}, because one has failed, or because the thread that waits was interrupted. */
    public boolean stopping() {
        return stopping;
    }

    /**
     * Runs work on threads and waits for all of them, also when this thread is interrupted. They are asked to end then, and this
     * thread's interrupted status is set again.
     *
     * @param count threads
     * @param work receives the number of its thread, from 1
     * @throws RuntimeException or {@link Error}: the first that a thread threw, after all have ended
     */
    public void run(int count, IntConsumer work) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().name("espalier-" + number).start(() -> guarded(work, number)));
        }
        threads.forEach(thread -> join(thread, this::stop));
        synchronized (this) {
            if (problem instanceof RuntimeException unchecked) {
                throw unchecked;
            } else if (problem instanceof Error error) {
                throw error;
            }
        }
    }

    private void guarded(IntConsumer work, int number) {
        try {
            work.accept(number);
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                if (problem == null) {
                    problem = e;
                }
            }
            stopping = true;
        }
    }

    /** Sleeps on a thread of the work. Ends early when the threads are to end; an interrupt asks all of them to. */
    public void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (!stopping && System.nanoTime() < end) {
            try {
                TimeUnit.MILLISECONDS.sleep(Math.clamp(length.toMillis(), 1, MOST_SLEEP_MILLIS));
            } catch (InterruptedException e) {
                stopping = true;
            }
        }
    }

    /**
     * Waits for a thread to end, also when this one is interrupted. Its interrupted status is set again then.
     *
     * @param interrupted runs at each interrupt
     */
    public static void join(Thread thread, Runnable interrupted) {
        boolean was = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                was = true;
                interrupted.run();
            }
        }
        if (was) {
            Thread.currentThread().interrupt();
        }
    }
}
