package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.console.Version;
import org.espalier.cli.memory.MemoryLimit;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.RunProgress;
import org.espalier.cli.progress.SharedParts;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.cluster.SharedFolder;
import org.espalier.lab.cluster.WorkOutcome;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.cluster.Worker;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.jobs.PartedWork;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.ExperimentEvaluation;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier work DIR}: trains levels of a search whose directory several machines share. */
@Command(
        name = "work",
        description =
                "Train levels of a search whose directory several machines share. Start as many workers as you like,"
                        + " on any machine.",
        footer = {
            "",
            "Examples:",
            "  espalier run mine.yaml --prepare --out /shared/mine",
            "  espalier work /shared/mine",
            "  espalier work /shared/mine --verify",
            "  espalier report /shared/mine"
        })
final class WorkCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            description = "Directory of a search that 'espalier run --prepare' or 'espalier slurm' has planned.")
    private Path directory;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Levels in training at the same time, one core each (default: all cores, limited by memory)."
                    + " Changes no result.")
    private Optional<Integer> jobs;

    @Option(
            names = "--kernels",
            paramLabel = "WHICH",
            converter = KernelModeConverter.class,
            defaultValue = "auto",
            description = "auto, dense or sparse, as for 'espalier run'. Changes no result.")
    private KernelMode kernels;

    @Option(
            names = "--scratch",
            paramLabel = "FOLDER",
            description =
                    "Folder on a disk of this machine, in which a folder for this worker is made and deleted at the end"
                            + " (default: the system's folder for temporary files).")
    private Optional<Path> scratch;

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Time after which others take over the levels of a worker that has vanished (default: 300).")
    private int lease;

    @Option(
            names = "--checkpoint",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description = "Time between checkpoints that others can continue from (default: 180).")
    private int checkpoint;

    @Option(
            names = "--leave",
            description =
                    "End as soon as other workers hold all that is left. Without it the worker waits, in case one of"
                            + " them vanishes.")
    private boolean leave;

    @Option(
            names = "--verify",
            description = "First check the digests of all finished levels. A damaged level is trained again.")
    private boolean verify;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    WorkCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new WorkCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        OptionChecks.atLeastOne(spec, "--lease", lease);
        OptionChecks.atLeastOne(spec, "--checkpoint", checkpoint);
        Store store = Store.open(directory);
        Experiment experiment = store.experiment();
        Optional<StoreLock> lock = StoreLock.share(directory);
        try {
            Map<String, DataSet> data;
            try (DataProgressLines lines = DataProgressLines.on(console)) {
                data = Runner.load(experiment, lines);
            }
            MemoryLimit memory = MemoryLimit.here();
            Optional<StartNetwork> start = StartNetwork.of(experiment);
            MemoryNeed need = MemoryNeed.of(experiment, data, start);
            need.check(experiment, data, start, memory);
            int threads = jobs.orElseGet(() ->
                    RunCommand.usualJobs(experiment, need, Runtime.getRuntime().availableProcessors(), memory));
            RunRequest run = new RunRequest(
                    experiment,
                    directory,
                    threads,
                    kernels,
                    Duration.ofSeconds(checkpoint),
                    Version.number(),
                    spec.root().commandLine().getParseResult().originalArgs(),
                    start);
            LevelWork work = new LevelWork(run, data);
            work.check(store);
            Path home = scratchOfThisWorker();
            try {
                return work(run, work, home);
            } catch (OutOfMemoryError e) {
                throw new UserException(need.advice(threads, memory), e);
            } finally {
                Directories.discard(home);
            }
        } finally {
            lock.ifPresent(StoreLock::close);
        }
    }

    private Path scratchOfThisWorker() {
        try {
            if (scratch.isEmpty()) {
                return Files.createTempDirectory("espalier-");
            }
            Files.createDirectories(scratch.get());
            return Files.createTempDirectory(scratch.get(), "espalier-");
        } catch (IOException e) {
            throw new UserException(
                    "the folder for a worker's own files cannot be made in "
                            + scratch.map(Path::toString).orElse(System.getProperty("java.io.tmpdir")) + ": "
                            + e.getMessage() + "; choose another with --scratch",
                    e);
        }
    }

    private int work(RunRequest run, LevelWork work, Path home) {
        Duration term = Duration.ofSeconds(lease);
        var request = new WorkRequest(run, home, term, Worker.usualPoll(term), leave, verify);
        WorkOutcome outcome;
        try (RunProgress progress = new RunProgress(console, run);
                SharedFolder files = new SharedFolder(directory)) {
            files.sweep();
            Worker worker = new Worker(request, work, files, progress);
            try (Interruption interruption = Interruption.expect(() -> {
                progress.say("stopping; checkpoints of the levels in work are written");
                worker.stop();
            })) {
                outcome = worker.run();
                if (outcome.stopped()) {
                    progress.close();
                    console.err().println("stopped; nothing is lost: any worker continues");
                    return interruption.code().orElse(ExitCode.INTERRUPTED);
                }
                progress.done(outcome.trained());
            }
        }
        OptionalInt interrupted = evaluate(run.jobs(), term);
        if (interrupted.isPresent()) {
            return interrupted.getAsInt();
        }
        console.err()
                .println(
                        outcome.left() == 0
                                ? "all levels are done; for the results: espalier report " + directory
                                : outcome.left() + (outcome.left() == 1 ? " level is" : " levels are")
                                        + " left, which other workers hold");
        return outcome.failed() > 0 ? ExitCode.DIVERGED : ExitCode.DONE;
    }

    /**
     * Attacks the levels that are done by now, if the experiment has an evaluation.
     *
     * @return the exit code of an interruption, if there was one
     */
    private OptionalInt evaluate(int threads, Duration term) {
        Store store = Store.open(directory);
        if (store.experiment().robustness().isEmpty()) {
            return OptionalInt.empty();
        }
        List<PartedWork> works;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            works = ExperimentEvaluation.of(store, lines).stream()
                    .map(request -> EvaluationRunner.parted(request, directory))
                    .toList();
        }
        return SharedParts.run(console, works, directory, Ticket.EVALUATIONS, threads, term, leave);
    }
}
