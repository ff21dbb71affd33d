package org.espalier.cli.reproduce;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.Version;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.RunProgress;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.runner.RunOutcome;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.TrialId;

/** Trains the trials of one store that are asked for, with progress, until done or interrupted. */
final class StoreRun {
    private final Console console;
    private final int jobs;
    private final List<String> arguments;

    /**
     * Runs with the same options.
     *
     * @param jobs levels to train at once
     * @param arguments of the command line, for provenance
     */
    StoreRun(Console console, int jobs, List<String> arguments) {
        this.console = console;
        this.jobs = jobs;
        this.arguments = arguments;
    }

    /**
     * How a store's run ended.
     *
     * @param stopped whether a person stopped it
     */
    record End(boolean stopped, int code) {}

    End run(Experiment experiment, Path directory, Predicate<TrialId> wanted) {
        Map<String, DataSet> data;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            data = Runner.load(experiment, lines);
        }
        var request = new RunRequest(
                experiment, directory, jobs, KernelMode.AUTO, RunRequest.USUAL_CHECKPOINT, Version.number(), arguments);
        try (RunProgress progress = new RunProgress(console, request)) {
            Runner runner = new Runner(request, progress, wanted);
            try (Interruption interruption = Interruption.expect(() -> {
                progress.say("stopping; checkpoints of the levels in work are written");
                runner.stop();
            })) {
                RunOutcome outcome = runner.run(data);
                if (outcome.stopped()) {
                    progress.close();
                    return new End(true, interruption.stopped(console));
                }
                progress.done(outcome.trained());
                outcome.failed().forEach(failed -> console.complain(failed.toString()));
                return new End(false, outcome.failed().isEmpty() ? ExitCode.DONE : ExitCode.DIVERGED);
            }
        }
    }
}
