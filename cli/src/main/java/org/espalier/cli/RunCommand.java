package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.UserPath;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.console.Version;
import org.espalier.cli.memory.MemoryLimit;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.cli.place.PlaceOptions;
import org.espalier.cli.place.PlaceRequest;
import org.espalier.cli.place.RunPlace;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.cli.progress.EvaluationProgress;
import org.espalier.cli.progress.RunProgress;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.cluster.WorkRequest;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Presets;
import org.espalier.lab.file.Json;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.lab.robustness.EvaluationRequest;
import org.espalier.lab.robustness.EvaluationRunner;
import org.espalier.lab.robustness.ExperimentEvaluation;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunOutcome;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier run}: searches for tickets, or continues an interrupted search. */
@Command(
        name = "run",
        description = "Search for tickets. The same command continues an interrupted search.",
        footer = {
            "",
            "Examples:",
            "  espalier run quick",
            "  espalier run quick --from ticket.safetensors",
            "  espalier run mine.yaml --trials 3 --set training.iterations=20000 --set 'strategies=[original, random]'"
        })
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PRESET|FILE",
            description = "A preset's name (see 'espalier presets') or an experiment file.")
    private String experiment;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Change a setting, e.g. training.iterations=20000. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--trials", paramLabel = "N", description = "Number of trials; replaces the experiment's.")
    private Optional<Integer> trials;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all randomness; replaces the experiment's.")
    private Optional<Long> seed;

    @Option(
            names = "--from",
            paramLabel = "TICKET",
            description =
                    "Start from this ticket's file: its layers, weights and pruned weights. 'espalier import' makes one of a"
                            + " network from another program.")
    private Optional<Path> from;

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
            description = "auto: each layer runs the kernels that are faster at its density on this machine (default);"
                    + " dense: all weights, pruned ones as zeros; sparse: remaining weights only."
                    + " Changes no result.")
    private KernelMode kernels;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the search (default: runs/NAME in the current directory).")
    private Optional<Path> out;

    @Option(
            names = "--prepare",
            description =
                    "Plan the search and train nothing: 'espalier work' trains its levels, on as many machines as you like.")
    private boolean prepare;

    @Option(
            names = "--plan",
            description = "Show the number of levels, and estimates of time, memory and disk from a few seconds of"
                    + " measurement. Trains and writes nothing.")
    private boolean plan;

    @Option(
            names = "--cores",
            paramLabel = "N",
            description =
                    "With --plan: estimate the time on so many cores. May be repeated (default: 1, 16, 120, 1000).")
    private List<Integer> cores = new ArrayList<>();

    @Mixin
    private PlaceOptions placeOptions;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    RunCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new RunCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        OptionChecks.atLeastOne(spec, "--trials", trials);
        trials.filter(n -> n > Experiment.MOST_TRIALS).ifPresent(n -> {
            throw wrong("--trials is " + n + ", expected at most " + Experiment.MOST_TRIALS);
        });
        cores.forEach(number -> OptionChecks.atLeastOne(spec, "--cores", number));
        if (!plan && !cores.isEmpty()) {
            throw wrong("--cores is given, expected --plan with it");
        } else if (plan && prepare) {
            throw wrong("--prepare is given, expected none with --plan, which writes nothing");
        }
        Optional<RunPlace> place = placeOptions.place(spec);
        if (!Presets.names().contains(experiment) && !exists(experiment)) {
            throw PresetsCommand.unknown(spec, "there is no preset and no file '" + experiment + "'", experiment);
        }
        var overrides = new ArrayList<>(settings);
        trials.ifPresent(n -> overrides.add("trials=" + n));
        seed.ifPresent(n -> overrides.add("seed=" + n));
        from.ifPresent(file -> overrides.add("network.from=" + Json.write(file.toString())));
        Experiment resolved = ExperimentFile.read(experiment, overrides);

        Path directory = out.orElse(Path.of("runs", resolved.name()));
        Map<String, DataSet> data;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            ExperimentEvaluation.check(resolved, lines); // hours of training come first
            data = Runner.load(resolved, lines);
        }
        Optional<StartNetwork> start = StartNetwork.of(resolved);
        // On a cluster this process trains nothing.
        MemoryLimit memory = place.isPresent() ? MemoryLimit.NONE : MemoryLimit.here();
        MemoryNeed need = need(resolved, data, start, memory);
        int threads = jobs.orElseGet(() -> usualJobs(
                resolved,
                need,
                place.isPresent() ? Integer.MAX_VALUE : Runtime.getRuntime().availableProcessors(),
                memory));
        var request = new RunRequest(
                resolved,
                directory,
                threads,
                kernels,
                place.isPresent() ? WorkRequest.USUAL_CHECKPOINT : RunRequest.USUAL_CHECKPOINT,
                Version.number(),
                spec.root().commandLine().getParseResult().originalArgs(),
                start);
        if (plan) {
            overrides.add("trials=1");
            PlanText.print(console, resolved, ExperimentFile.read(experiment, overrides), data, need, coresOrUsual());
            return ExitCode.DONE;
        }
        if (prepare) {
            return prepare(request, data);
        }
        try {
            return place.isPresent() ? run(request, data, need, place.get()) : run(request, data);
        } catch (OutOfMemoryError e) {
            throw new UserException(need.advice(threads, memory), e);
        }
    }

    /**
     * Checks networks and pruning against the data, and the memory that they need.
     *
     * @throws UserException naming the file, if they do not fit
     */
    private MemoryNeed need(
            Experiment resolved, Map<String, DataSet> data, Optional<StartNetwork> start, MemoryLimit memory) {
        try {
            data.values()
                    .forEach(set -> ExperimentTranslator.pruningSchedule(
                            resolved, ExperimentTranslator.architecture(resolved, set, start)));
            MemoryNeed need = MemoryNeed.of(resolved, data, start);
            need.check(resolved, data, start, memory);
            return need;
        } catch (UserException e) {
            throw new UserException(experiment + ": " + e.getMessage(), e);
        }
    }

    private List<Integer> coresOrUsual() {
        return cores.isEmpty() ? List.of(1, 16, 120, 1000) : cores;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int prepare(RunRequest request, Map<String, DataSet> data) {
        new Runner(request, RunObserver.NONE).prepare(data);
        console.out()
                .println("Planned: " + request.directory() + "; to train it, on each machine: espalier work "
                        + request.directory());
        return ExitCode.DONE;
    }

    private int run(RunRequest request, Map<String, DataSet> data) {
        try (RunProgress progress = new RunProgress(console, request)) {
            Runner runner = new Runner(request, progress);
            return run(
                    request,
                    progress,
                    runner::stop,
                    () -> runner.run(data),
                    requests -> attack(requests, request.jobs()));
        }
    }

    private int run(RunRequest request, Map<String, DataSet> data, MemoryNeed need, RunPlace place) {
        PlaceRequest there = placeOptions.request(request, jobs, need.bytes(0), need.job());
        try (RunPlace.Connection connection = place.connect(there);
                RunProgress progress = new RunProgress(console, request)) {
            Runner runner = new Runner(request, progress);
            Runnable stop = () -> {
                runner.stop();
                connection.stop();
            };
            return run(
                    request,
                    progress,
                    stop,
                    () -> runner.run(data, connection),
                    requests -> PlacedParts.run(
                            console,
                            connection,
                            new LevelWork(request, data),
                            request.directory(),
                            Ticket.EVALUATIONS,
                            PlacedParts.evaluations(
                                    requests,
                                    request.experiment()
                                            .robustness()
                                            .orElseThrow()
                                            .suite(),
                                    request.directory())));
        }
    }

    /**
     * Trains, evaluates and shows the results.
     *
     * @param attack attacks trained levels, and returns the exit code of an interruption, if there was one
     */
    private int run(
            RunRequest request,
            RunProgress progress,
            Runnable stop,
            Supplier<RunOutcome> search,
            Function<List<EvaluationRequest>, OptionalInt> attack) {
        RunOutcome outcome;
        try (Interruption interruption = Interruption.expect(() -> {
            progress.say("stopping; checkpoints of the levels in work are written");
            stop.run();
        })) {
            outcome = search.get();
            if (outcome.stopped()) {
                progress.close();
                return interruption.stopped(console);
            }
            progress.done(outcome.trained());
        }
        Path directory = request.directory();
        OptionalInt interrupted = evaluate(request, attack);
        if (interrupted.isPresent()) {
            return interrupted.getAsInt();
        }
        console.err().println();
        int shown = ReportCommand.show(console, directory);
        outcome.failed().forEach(failed -> console.complain(failed.toString()));
        return shown != ExitCode.DONE || outcome.failed().isEmpty() ? shown : ExitCode.DIVERGED;
    }

    /**
     * Attacks every trained level, if the experiment has an evaluation. Stored results are not repeated, so running
     * again continues here too.
     *
     * @return the exit code of an interruption, if there was one
     */
    private OptionalInt evaluate(RunRequest request, Function<List<EvaluationRequest>, OptionalInt> attack) {
        if (request.experiment().robustness().isEmpty()) {
            return OptionalInt.empty();
        }
        List<EvaluationRequest> requests;
        try (DataProgressLines data = DataProgressLines.on(console)) {
            requests = ExperimentEvaluation.of(Store.open(request.directory()), data);
        }
        return attack.apply(requests);
    }

    private OptionalInt attack(List<EvaluationRequest> requests, int threads) {
        var runner = new EvaluationRunner(requests, threads, new EvaluationProgress(console));
        try (Interruption interruption = Interruption.expect(() -> {
            console.err().println("stopping; waits for the batches in work");
            runner.stop();
        })) {
            return runner.run() ? OptionalInt.empty() : OptionalInt.of(interruption.stopped(console));
        }
    }

    /**
     * Default number of jobs: one per core, limited by memory.
     *
     * @param memory that the virtual machine may use
     */
    static int usualJobs(Experiment experiment, MemoryNeed need, int processors, MemoryLimit memory) {
        return (int) Math.min(need.jobs(memory), Math.min(processors, experiment.chains()));
    }

    private static boolean exists(String file) {
        Path path = UserPath.of(file, "EXPERIMENT");
        return Files.exists(path) && !Files.isDirectory(path);
    }
}
