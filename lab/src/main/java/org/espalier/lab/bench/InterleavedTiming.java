package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.ops.FmaPeak;

/**
 * Times several tasks in turn, in slices of some milliseconds, so that disturbances of the machine affect all tasks
 * alike.
 */
final class InterleavedTiming {
    private static final int SLICES = 11;
    private static final double NANOS = 1e9;

    private InterleavedTiming() {}

    /**
     * Runs per second of each, after a warm-up of a third of the time.
     *
     * @param seconds to spend on each, warm-up included
     */
    static List<Rate> of(List<Runnable> tasks, double seconds) {
        List<Integer> repetitions = new ArrayList<>();
        for (Runnable task : tasks) {
            repetitions.add(warmUp(task, seconds / 3, seconds * 2 / 3 / SLICES));
        }
        double[][] rates = new double[tasks.size()][SLICES];
        for (int slice = 0; slice < SLICES; slice++) {
            for (int t = 0; t < rates.length; t++) {
                int runs = repetitions.get(t);
                long from = System.nanoTime();
                for (int i = 0; i < runs; i++) {
                    tasks.get(t).run();
                }
                rates[t][slice] = runs / ((System.nanoTime() - from) / NANOS);
            }
        }
        List<Rate> all = new ArrayList<>();
        for (double[] rate : rates) {
            all.add(Rate.of(rate));
        }
        return all;
    }

    /**
     * Several tasks and the core's peak, in turn. The peak changes from minute to minute, so shares are relative to the
     * peak at that time.
     *
     * @param peak register-only multiply-adds of one core, floating-point operations per second
     * @param rates runs per second of each
     */
    record BesidePeak(double peak, List<Rate> rates) {
        /** A task's share of the peak, if one run makes so many operations. */
        double share(int task, double operations) {
            return operations * rates.get(task).median() / peak;
        }
    }

    /** Times several things as {@link #of} does, and the peak with them. */
    static BesidePeak besidePeak(List<Runnable> tasks, double seconds) {
        List<Runnable> all = new ArrayList<>(tasks);
        all.add(FmaPeak::run);
        List<Rate> rates = of(all, seconds);
        return new BesidePeak(FmaPeak.operations() * rates.getLast().median(), rates.subList(0, tasks.size()));
    }

    /** Runs a task for some time; returns how many runs fill a slice. */
    private static int warmUp(Runnable task, double seconds, double slice) {
        long start = System.nanoTime();
        int runs = 0;
        double passed = 0;
        while (runs == 0 || passed < seconds) {
            task.run();
            runs++;
            passed = (System.nanoTime() - start) / NANOS;
        }
        return Math.max(1, (int) Math.round(runs * slice / passed));
    }
}
