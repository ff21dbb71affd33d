package org.espalier.cli.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.console.Version;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.engine.KernelMode;
import org.espalier.lab.benchmark.BenchmarkPlan;
import org.espalier.lab.benchmark.BenchmarkRun;
import org.espalier.lab.benchmark.BenchmarkRunner;
import org.espalier.lab.benchmark.RunState;
import org.espalier.lab.experiment.BenchmarkFile;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.file.Json;
import org.espalier.report.format.TextTable;
import org.espalier.report.leaderboard.BenchmarkJson;
import org.espalier.report.leaderboard.Leaderboard;
import org.espalier.report.leaderboard.LeaderboardFiles;
import org.espalier.report.leaderboard.LeaderboardTables;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier benchmark}: compares pruning methods at an equal budget of updates. */
@Command(
        name = "benchmark",
        description = "Compare pruning methods at an equal budget of updates, and write a leaderboard.",
        footer = {
            "",
            "The same command continues an interrupted benchmark. More trials, methods or sparsities add to it.",
            "Examples:",
            "  espalier benchmark --plan",
            "  espalier benchmark digits-mlp --methods snip,hydra,magnitude --sparsity 0.9,0.95 --trials 2",
            "  espalier benchmark --show digits-mlp > mine.yaml"
        })
final class BenchmarkCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME|FILE",
            arity = "0..1",
            description = "A benchmark's name (digits-mlp, digits-cnn-small) or file (default: digits-mlp).")
    private String given = BenchmarkFile.NAMES.getFirst();

    @Option(
            names = "--methods",
            paramLabel = "NAME",
            split = ",",
            description = "Methods, with commas between them (default: all).")
    private List<String> methods = new ArrayList<>();

    @Option(
            names = "--sparsity",
            paramLabel = "S",
            split = ",",
            description = "Shares of weights to prune, with commas between them (default: the benchmark's).")
    private List<String> sparsities = new ArrayList<>();

    @Option(names = "--trials", paramLabel = "N", description = "Number of trials; replaces the benchmark's.")
    private Optional<Integer> trials;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Levels in training at the same time, one core each (default: all cores). Changes no result.")
    private Optional<Integer> jobs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the benchmark (default: runs/NAME in the current directory).")
    private Optional<Path> out;

    @Option(names = "--plan", description = "Only list the experiments, and what is done of them.")
    private boolean planOnly;

    @Option(names = "--report", description = "Only write the leaderboard of what is done.")
    private boolean reportOnly;

    @Option(names = "--show", description = "Only print the benchmark's file.")
    private boolean show;

    @Option(names = "--json", description = "Print the results, or the plan, as JSON.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    BenchmarkCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new BenchmarkCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--jobs", jobs);
        OptionChecks.atLeastOne(spec, "--trials", trials);
        checkOptions();
        BenchmarkFile file = BenchmarkFile.read(given);
        if (show) {
            console.out().print(BenchmarkFile.NAMES.contains(given) ? BenchmarkFile.text(given) : file.write());
            return ExitCode.DONE;
        }
        Path directory = out.orElse(Path.of("runs", file.settings().name()));
        BenchmarkPlan plan = BenchmarkPlan.of(
                file,
                directory,
                methods,
                sparsities.stream().map(this::sparsity).toList(),
                trials.orElse(file.settings().trials()));
        if (planOnly) {
            plan(plan);
            return ExitCode.DONE;
        }
        BenchmarkRunner runner = new BenchmarkRunner(
                file,
                plan,
                new BenchmarkRunner.Machine(
                        jobs.orElse(Runtime.getRuntime().availableProcessors()),
                        KernelMode.AUTO,
                        Version.number(),
                        spec.root().commandLine().getParseResult().originalArgs()),
                new BenchmarkProgress(console));
        if (reportOnly) {
            runner.requireResults();
        }
        int code = reportOnly ? ExitCode.DONE : run(runner);
        report(runner, plan);
        return code;
    }

    /** Refuses options that do not go together, and lists with an empty part, which picocli drops. */
    private void checkOptions() {
        List<String> only = new ArrayList<>();
        if (planOnly) {
            only.add("--plan");
        }
        if (reportOnly) {
            only.add("--report");
        }
        if (show) {
            only.add("--show");
        }
        if (only.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), String.join(" and ", only) + " are given together, expected one of them");
        }
        for (String option : List.of("--methods", "--sparsity")) {
            for (String list : spec.findOption(option).originalStringValues()) {
                if (Arrays.stream(list.split(",", -1)).anyMatch(String::isBlank)) {
                    throw new ParameterException(
                            spec.commandLine(),
                            option + " is \"" + list + "\", expected values with commas between them, none empty");
                }
            }
        }
    }

    private double sparsity(String text) {
        double sparsity = Decimals.parseDouble(text).orElse(-1.0);
        if (!(sparsity >= 0 && sparsity < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--sparsity has " + text + ", expected numbers of at least 0 and below 1");
        }
        return sparsity;
    }

    private int run(BenchmarkRunner runner) {
        try (DataProgressLines lines = DataProgressLines.on(console);
                Interruption interruption = Interruption.expect(() -> {
                    console.err().println("stopping; waits for the step in work");
                    runner.stop();
                })) {
            if (!runner.run(lines)) {
                return interruption.stopped(console);
            }
        }
        return runner.refused() ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private void report(BenchmarkRunner runner, BenchmarkPlan plan) {
        Leaderboard leaderboard;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            leaderboard = Leaderboard.of(plan.settings(), runner.results(lines));
        }
        List<Path> files = LeaderboardFiles.write(leaderboard, plan.directory());
        if (json) {
            console.out().println(BenchmarkJson.of(leaderboard));
            return;
        }
        LeaderboardTables.summaries(leaderboard)
                .forEach(table -> console.out().print(TextTable.of(table, console.resultWidth())));
        leaderboard.boards().forEach(board -> {
            console.out().println();
            console.out().print(TextTable.lines(LeaderboardTables.sentences(board), console.resultWidth()));
        });
        console.out().println();
        console.out().println("Written: " + files.getFirst());
    }

    private void plan(BenchmarkPlan plan) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (BenchmarkRun run : plan.runs()) {
            if (json) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("run", run.id());
                line.put("directory", run.directory().toString());
                line.put("updates", run.updates());
                line.put("experiment", ExperimentFile.tree(run.experiment()));
                console.out().println(Json.write(line));
            }
            keys.add(List.of(run.id()));
            rows.add(List.of(
                    Integer.toString(run.method().trainings()),
                    Integer.toString(run.experiment().training().iterations()),
                    Integer.toString(run.updates()),
                    Integer.toString(run.experiment().trials()),
                    switch (RunState.of(run, plan.settings().evaluation())) {
                        case WAITING -> "-";
                        case BEGUN -> "begun";
                        case DONE -> "done";
                    }));
        }
        if (!json) {
            console.out()
                    .print(TextTable.of(
                            new Table(
                                    plan.settings().name() + ": " + plan.runs().size() + " experiments",
                                    new Table.Block("", List.of("experiment"), keys, true),
                                    List.of(new Table.Block(
                                            "",
                                            List.of("trainings", "updates each", "updates", "trials", "state"),
                                            rows)),
                                    List.of(
                                            "Updates are those of one network. Experiments that prune before training also have"
                                                    + " a dense level, which they share and which is no part of the method.")),
                            console.resultWidth()));
        }
    }
}
