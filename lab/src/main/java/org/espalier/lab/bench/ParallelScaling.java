package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.espalier.UserException;

/** Trials side by side, each on a thread of its own. */
final class ParallelScaling {
    private ParallelScaling() {}

    /**
     * Runs per second of all tasks together.
     *
     * @param seconds to run, after a warm-up of half as long
     */
    static double rate(List<Runnable> tasks, double seconds) {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
            List<Callable<Double>> runs = new ArrayList<>();
            for (Runnable task : tasks) {
                runs.add(() -> {
                    runFor(task, seconds / 2);
                    start.await();
                    return runFor(task, seconds);
                });
            }
            double sum = 0;
            for (Future<Double> run : threads.invokeAll(runs)) {
                sum += run.get();
            }
            return sum;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double runFor(Runnable task, double seconds) {
        long from = System.nanoTime();
        int runs = 0;
        double passed;
        do {
            task.run();
            runs++;
            passed = (System.nanoTime() - from) / 1e9;
        } while (passed < seconds);
        return runs / passed;
    }
}
