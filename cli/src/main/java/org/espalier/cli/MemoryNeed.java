package org.espalier.cli;

import java.util.Map;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Experiment;

/**
 * The memory that a search needs, from the sizes of its data and networks.
 *
 * @param data bytes of all data sets, whole and split
 * @param job bytes of one level in training
 */
record MemoryNeed(long data, long job) {
    /** Bytes of the program itself and of short-lived objects. */
    private static final long BASE_BYTES = 64L << 20;

    /** Bytes of a job that do not grow with the network. */
    private static final long JOB_BYTES = 8L << 20;

    /**
     * Bytes of a job per weight: weights, gradient, moments and mask, a network to restart from, and a file in memory.
     */
    private static final long WEIGHT_BYTES = 64;

    static MemoryNeed of(Experiment experiment, Map<String, DataSet> sets) {
        long data = 0;
        long job = 0;
        for (DataSet set : sets.values()) {
            // The training images are in memory twice: whole, and split.
            data += 2 * bytes(set.train()) + bytes(set.test());
            long weights = experiment
                    .network()
                    .weights(set.features(), experiment.network().outputs().orElse(set.classes()));
            job = Math.max(job, JOB_BYTES + weights * WEIGHT_BYTES);
        }
        return new MemoryNeed(data, job);
    }

    private static long bytes(Split split) {
        return split.images().length + 4L * split.labels().length;
    }

    /** Jobs that fit, at least 1. */
    long jobs(long memory) {
        return Math.max(1, (memory - BASE_BYTES - data) / job);
    }

    /** Bytes that so many jobs need. */
    long bytes(int jobs) {
        return BASE_BYTES + data + jobs * job;
    }

    /**
     * The remedy for full memory, in one sentence.
     *
     * @param jobs at once
     * @param memory bytes that may be used
     */
    String advice(int jobs, long memory) {
        // Fewer jobs do not help if one job does not fit, or if all fit by this estimate.
        boolean fewer = jobs > 1 && bytes(1) <= memory;
        long wanted = Math.max(bytes(jobs), memory + memory / 2);
        return "the memory is full: " + mib(memory) + " may be used, this search needs about " + mib(bytes(jobs)) + ": "
                + mib(BASE_BYTES + data) + " for the program and its data and " + mib(job) + " for each of " + jobs
                + (jobs == 1 ? " job" : " jobs") + "; give it more with ESPALIER_JAVA_OPTS=-Xmx"
                + Math.ceilDiv(wanted, 1L << 20) + "m"
                + (fewer ? ", or run fewer levels at once with --jobs " + Math.min(jobs - 1, jobs(memory)) : "");
    }

    private static String mib(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MiB";
    }
}
