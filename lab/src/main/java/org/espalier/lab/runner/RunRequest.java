package org.espalier.lab.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Experiment;

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
 */
public record RunRequest(
        Experiment experiment,
        Path directory,
        int jobs,
        KernelMode kernels,
        Duration checkpointEvery,
        String version,
        List<String> command) {
    /** Loses at most this much work when killed. */
    public static final Duration USUAL_CHECKPOINT = Duration.ofSeconds(30);

    /** With the kernels that are fastest. */
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
