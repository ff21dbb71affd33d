package org.espalier.cli.memory;

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
 * @param weights bytes of one level in training on the heap: weights and what belongs to each
 * @param maps bytes of one level in training outside the heap: activations and their gradients
 */
public record MemoryNeed(long data, long weights, long maps) {
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

    /** What an experiment on these data sets needs. */
    public static MemoryNeed of(Experiment experiment, Map<String, DataSet> sets, Optional<StartNetwork> start) {
        long data = 0;
        long weights = 0;
        long maps = 0;
        for (DataSet set : sets.values()) {
            // The training images are in memory twice: whole, and split.
            data += 2 * bytes(set.train()) + bytes(set.test());
            Architecture network = ExperimentTranslator.architecture(experiment, set, start);
            weights = Math.max(weights, weights(network));
            maps = Math.max(maps, maps(experiment, network));
        }
        return new MemoryNeed(data, weights, maps);
    }

    private static long maps(Experiment experiment, Architecture network) {
        // The maps of a fully connected network are small beside its weights, and their panels are in what a job needs
        // anyway.
        return network.fullyConnected().isPresent()
                ? 0
                : maps(experiment, NetworkSize.of(network.graph()).values());
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
     * @throws UserException if so
     */
    public void check(
            Experiment experiment, Map<String, DataSet> sets, Optional<StartNetwork> start, MemoryLimit memory) {
        boolean outside = maps > memory.outside();
        if (!outside && heap(1) <= memory.heap()) {
            return;
        }
        for (DataSet set : sets.values()) {
            Architecture network = ExperimentTranslator.architecture(experiment, set, start);
            if (network.fullyConnected().isPresent()
                    || (outside ? maps(experiment, network) < maps : weights(network) < weights)) {
                continue;
            }
            String subject = experiment
                            .network()
                            .from()
                            .map(file -> "network.from " + file)
                            .orElse(experiment.network().setting())
                    + " is too large for the memory: a level on data set " + set.name() + " needs about ";
            if (outside) {
                NetworkSize size = NetworkSize.of(network.graph());
                Shape largest = network.graph().shape(size.largest());
                throw new UserException(subject + mib(maps) + " outside the heap, "
                        + mib(maps(experiment, largest.elements()))
                        + " of them for layer " + size.largest() + " of " + largest + " values, and "
                        + mib(memory.outside())
                        + " may be used; give it more with ESPALIER_JAVA_OPTS=-XX:MaxDirectMemorySize="
                        + Math.ceilDiv(maps + maps / 4, 1L << 20) + "m, or a smaller training.batch");
            }
            throw new UserException(
                    subject + mib(heap(1)) + " of heap, " + mib(weights) + " of them for its weights, and "
                            + mib(memory.heap()) + " may be used; give it more with ESPALIER_JAVA_OPTS=-Xmx"
                            + Math.ceilDiv(heap(1) + heap(1) / 4, 1L << 20) + "m");
        }
    }

    private static long weights(Architecture network) {
        return JOB_BYTES + NetworkSize.of(network.graph()).weights() * WEIGHT_BYTES;
    }

    private static long bytes(Split split) {
        return split.bytes() + 4L * split.labels().length;
    }

    /** Jobs that fit, at least 1. */
    public long jobs(MemoryLimit memory) {
        long onHeap = (memory.heap() - BASE_BYTES - data) / weights;
        return Math.max(1, maps == 0 ? onHeap : Math.min(onHeap, memory.outside() / maps));
    }

    /** Bytes of one level in training. */
    public long job() {
        return weights + maps;
    }

    /** Bytes that so many jobs need. */
    public long bytes(int jobs) {
        return BASE_BYTES + data + jobs * job();
    }

    /** Those of them on the heap. */
    private long heap(int jobs) {
        return BASE_BYTES + data + jobs * weights;
    }

    /**
     * The remedy for full memory, in one sentence.
     *
     * @param jobs at once
     */
    public String advice(int jobs, MemoryLimit memory) {
        // Fewer jobs do not help if one job does not fit, or if all fit by this estimate.
        boolean fewer = jobs > 1 && heap(1) <= memory.heap() && maps <= memory.outside();
        boolean outside = heap(jobs) <= memory.heap() && jobs * maps > memory.outside();
        long may = outside ? memory.outside() : memory.heap();
        long wanted = Math.max(outside ? jobs * maps : heap(jobs), may + may / 2);
        return "the memory is full: " + mib(may) + (outside ? " outside the heap" : "")
                + " may be used, this search needs about " + mib(outside ? jobs * maps : heap(jobs)) + ": "
                + (outside ? "" : mib(BASE_BYTES + data) + " for the program and its data and ")
                + mib(outside ? maps : weights) + " for each of " + jobs
                + (jobs == 1 ? " job" : " jobs") + "; give it more with ESPALIER_JAVA_OPTS="
                + (outside ? "-XX:MaxDirectMemorySize=" : "-Xmx")
                + Math.ceilDiv(wanted, 1L << 20) + "m"
                + (fewer ? ", or run fewer levels at once with --jobs " + Math.min(jobs - 1, jobs(memory)) : "");
    }

    private static String mib(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MiB";
    }
}
