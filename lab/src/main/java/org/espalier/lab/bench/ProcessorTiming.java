package org.espalier.lab.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;

/**
 * Times tasks by the processor time of this thread, in turn, and takes the least time of each: other processes disturb it less
 * than the clock.
 */
final class ProcessorTiming {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double NANOS = 1e9;
    /** Shortest time of a slice: the processor's clock has steps. */
    private static final double SLICE = 0.004;
    /** Share of the time that goes into compiling the kernels. */
    private static final double WARM_UP = 0.5;

    private ProcessorTiming() {}

    /**
     * Seconds of one run of each task.
     *
     * @param seconds processor time to spend on each, warm-up included; each runs three times at least
     */
    static double[] of(List<Runnable> tasks, double seconds) {
        int[] repetitions = new int[tasks.size()];
        double[] least = new double[tasks.size()];
        double[] spent = new double[tasks.size()];
        for (int t = 0; t < repetitions.length; t++) {
            double warm = 0;
            double last = 0;
            for (int runs = 0; runs < 2 || warm < WARM_UP * seconds; runs++) {
                last = time(tasks.get(t), 1);
                warm += last;
            }
            repetitions[t] = (int) Math.clamp(SLICE / Math.max(last, 1 / NANOS), 1, 1 << 20);
        }
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        boolean open = true;
        for (int round = 0; open; round++) {
            open = false;
            for (int t = 0; t < repetitions.length; t++) {
                if (round > 2 && spent[t] >= (1 - WARM_UP) * seconds) {
                    continue;
                }
                double passed = time(tasks.get(t), repetitions[t]);
                spent[t] += passed;
                least[t] = Math.min(least[t], passed / repetitions[t]);
                open = true;
            }
        }
        return least;
    }

    private static double time(Runnable task, int runs) {
        long from = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < runs; i++) {
            task.run();
        }
        return (THREADS.getCurrentThreadCpuTime() - from) / NANOS;
    }
}
