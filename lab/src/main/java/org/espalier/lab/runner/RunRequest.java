package org.espalier.lab.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.StartNetwork;

/**
 * What to run.
 *
 * @param experiment resolved
 * @param directory where results go; an earlier run's is continued
 * @param jobs levels to train at once, at least 1; changes no result
 * @param kernels which kernels train; changes no result
 * @param checkpointEvery time between checkpoints of a level in work
 * @param version Espalier's, for provenance
 * @param command arguments of the command line, for provenance
 * @param start the network of {@code network.from}, if the experiment names one
 */
public record RunRequest(
        Experiment experiment,
        Path directory,
        int jobs,
        KernelMode kernels,
        Duration checkpointEvery,
        String version,
        List<String> command,
        Optional<StartNetwork> start) {
    /** Loses at most this much work when killed. */
    public static final Duration USUAL_CHECKPOINT = Duration.ofSeconds(30);

    /**
     * A request that reads the network to start from.
     *
     * @throws org.espalier.UserException if that cannot be read
     */
    public RunRequest(
            Experiment experiment,
            Path directory,
            int jobs,
            KernelMode kernels,
            Duration checkpointEvery,
            String version,
            List<String> command) {
        this(experiment, directory, jobs, kernels, checkpointEvery, version, command, StartNetwork.of(experiment));
    }

    /** The same with the kernels that are fastest. */
    public RunRequest(
            Experiment experiment,
            Path directory,
            int jobs,
            Duration checkpointEvery,
            String version,
            List<String> command) {
        this(experiment, directory, jobs, KernelMode.AUTO, checkpointEvery, version, command);
    }

    public RunRequest {
        command = List.copyOf(command);
        if (jobs < 1) {
            throw new IllegalArgumentException("a run needs at least 1 job, got " + jobs);
        }
    }
}
