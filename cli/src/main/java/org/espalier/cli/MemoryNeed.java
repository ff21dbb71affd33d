package org.espalier.cli;

import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.network.NetworkSize;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Shape;

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

    /** Examples to a panel of activations. */
    private static final int PANEL = 64;

    static MemoryNeed of(Experiment experiment, Map<String, DataSet> sets, Optional<StartNetwork> start) {
        long data = 0;
        long job = 0;
        for (DataSet set : sets.values()) {
            // The training images are in memory twice: whole, and split.
            data += 2 * bytes(set.train()) + bytes(set.test());
            job = Math.max(job, ofNetwork(experiment, ExperimentTranslator.architecture(experiment, set, start)));
        }
        return new MemoryNeed(data, job);
    }

    private static long ofNetwork(Experiment experiment, Architecture network) {
        NetworkSize size = NetworkSize.of(network.graph());
        long bytes = JOB_BYTES + size.weights() * WEIGHT_BYTES;
        // The maps of a fully connected network are small beside its weights, and their panels are in what a job needs
        // anyway.
        return network.fullyConnected().isPresent() ? bytes : bytes + maps(experiment, size.values());
    }

    /** Bytes of the values and their gradients of one batch, natural and attacked images together. */
    private static long maps(Experiment experiment, long values) {
        long panels = 2L * Math.ceilDiv(experiment.training().batch(), PANEL);
        return 2 * values * PANEL * Float.BYTES * panels;
    }

    /**
     * Refuses a search of which not even one job fits, in one sentence that names the layer with the most values. Fully connected
     * networks are not refused: what they need is known too roughly beside what there is.
     *
     * @param start the network of {@code network.from}, if the experiment names one
     * @param memory bytes that may be used
     * @throws UserException if so
     */
    void check(Experiment experiment, Map<String, DataSet> sets, Optional<StartNetwork> start, long memory) {
        if (bytes(1) <= memory) {
            return;
        }
        for (DataSet set : sets.values()) {
            Architecture network = ExperimentTranslator.architecture(experiment, set, start);
            if (network.fullyConnected().isEmpty() && ofNetwork(experiment, network) == job) {
                NetworkSize size = NetworkSize.of(network.graph());
                Shape largest = network.graph().shape(size.largest());
                throw new UserException(experiment
                                .network()
                                .from()
                                .map(file -> "network.from " + file)
                                .orElse(experiment.network().setting())
                        + " is too large for the memory: a level on data set "
                        + set.name() + " needs about " + mib(bytes(1)) + ", "
                        + mib(maps(experiment, largest.elements()))
                        + " of them for layer " + size.largest() + " of " + largest + " values, and " + mib(memory)
                        + " may be used; give it more with ESPALIER_JAVA_OPTS=-Xmx"
                        + Math.ceilDiv(bytes(1) + bytes(1) / 4, 1L << 20) + "m, or a smaller training.batch");
            }
        }
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
