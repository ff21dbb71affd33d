package org.espalier.cli.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.console.Version;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.engine.KernelMode;
import org.espalier.lab.cluster.SlurmScripts;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.runner.Runner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier slurm EXPERIMENT}: writes a job array for Slurm whose elements are workers, and submits it. */
@Command(
        name = "slurm",
        description =
                "Plan a search and write a Slurm job array whose elements train its levels, and a job that makes the"
                        + " report.",
        footer = {
            "",
            "Examples:",
            "  espalier slurm mine.yaml --out /shared/mine --workers 120 --time 04:00:00",
            "  espalier slurm mine.yaml --out /shared/mine --workers 120 --time 04:00:00 --sbatch=--partition=long --submit"
        })
public final class SlurmCommand implements Callable<Integer> {
    private static final Pattern SUBMITTED = Pattern.compile("(?m)^([0-9]+)(;.*)?$");
    private static final Pattern MOST = Pattern.compile("(?m)^MaxArraySize\\s*=\\s*([0-9]+)");

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PRESET|FILE",
            description = "A preset's name (see 'espalier presets') or an experiment file.")
    private String experiment;

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "Change a setting. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory of the search, on a file system that all nodes share"
                    + " (default: runs/NAME in the current directory).")
    private Optional<Path> out;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Elements of the job array (default: one for each trial, at most what the site permits).")
    private Optional<Integer> workers;

    @Option(names = "--throttle", paramLabel = "N", description = "Elements that run at the same time (default: all).")
    private Optional<Integer> throttle;

    @Option(
            names = "--cores",
            paramLabel = "N",
            defaultValue = "1",
            description = "Cores of each element, which trains as many levels at the same time (default: 1).")
    private int cores;

    @Option(
            names = "--time",
            paramLabel = "HH:MM:SS",
            defaultValue = "04:00:00",
            description =
                    "Time limit of each job, in any form that Slurm knows (default: 04:00:00). Before it, elements"
                            + " write checkpoints and are queued again.")
    private String time;

    @Option(
            names = "--signal-before",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Time between the signal and the limit (default: 120). One measurement must fit in.")
    private int before;

    @Option(
            names = "--sbatch",
            paramLabel = "OPTION",
            description = "A further option for both jobs, as --sbatch=--partition=long. May be repeated.")
    private List<String> options = new ArrayList<>();

    @Option(names = "--submit", description = "Submit the jobs with sbatch.")
    private boolean submit;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    SlurmCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new SlurmCommand(console));
        }
    }

    @Override
    public Integer call() {
        OptionChecks.atLeastOne(spec, "--cores", cores);
        OptionChecks.atLeastOne(spec, "--signal-before", before);
        OptionChecks.atLeastOne(spec, "--workers", workers);
        OptionChecks.atLeastOne(spec, "--throttle", throttle);
        checkTime();
        Experiment resolved = ExperimentFile.read(experiment, settings);
        Path directory =
                out.orElse(Path.of("runs", resolved.name())).toAbsolutePath().normalize();
        OptionalInt site = mostElements();
        int chains = resolved.chains();
        int elements = workers.orElseGet(() -> Math.min(chains, site.orElse(chains)));
        if (site.isPresent() && elements > site.getAsInt()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--workers is " + elements + ", expected at most " + site.getAsInt()
                            + ", the elements of an array that this site permits");
        }
        Map<String, DataSet> data;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            data = Runner.load(resolved, lines);
        }
        new Runner(
                        new RunRequest(
                                resolved,
                                directory,
                                cores,
                                KernelMode.AUTO,
                                RunRequest.USUAL_CHECKPOINT,
                                Version.number(),
                                spec.root().commandLine().getParseResult().originalArgs()),
                        RunObserver.NONE)
                .prepare(data);
        var scripts = new SlurmScripts(
                resolved.name(), directory, launcher(), elements, throttle, cores, time, before, options);
        Path array = directory.resolve("cluster").resolve("slurm-array.sh");
        Path report = directory.resolve("cluster").resolve("slurm-report.sh");
        AtomicFiles.makeDirectory(directory.resolve(SlurmScripts.LOGS));
        AtomicFiles.write(array, scripts.array().getBytes(StandardCharsets.UTF_8));
        AtomicFiles.write(report, scripts.report().getBytes(StandardCharsets.UTF_8));
        console.out().println("Written: " + array + " and " + report);
        if (!submit) {
            console.out()
                    .println("To submit: job=$(sbatch --parsable " + array + ") && sbatch --dependency=afterany:$job "
                            + report);
            return ExitCode.DONE;
        }
        String job = sbatch(List.of("sbatch", "--parsable", array.toString()));
        String last = sbatch(List.of("sbatch", "--parsable", "--dependency=afterany:" + job, report.toString()));
        console.out()
                .println("Submitted: array " + job + " of " + elements + (elements == 1 ? " element" : " elements")
                        + ", report " + last + "; logs in " + directory.resolve(SlurmScripts.LOGS));
        console.out().println("To follow it: espalier status " + directory);
        return ExitCode.DONE;
    }

    /** The signal comes after the start of a job, and before its limit. */
    private void checkTime() {
        if (List.of("0", "INFINITE", "UNLIMITED").contains(time.toUpperCase(Locale.ROOT))) {
            return; // no limit
        }
        OptionalLong limit = seconds(time);
        if (limit.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--time is " + time + ", expected minutes, minutes:seconds, hours:minutes:seconds, days-hours,"
                            + " days-hours:minutes, days-hours:minutes:seconds or UNLIMITED");
        } else if (limit.getAsLong() <= before) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--time is " + time + ", which is " + limit.getAsLong() + " s, expected more than --signal-before, "
                            + before + " s");
        }
    }

    /** Seconds of a time limit as Slurm writes it; empty if it is none. */
    private static OptionalLong seconds(String limit) {
        if (!limit.matches("([0-9]{1,6}-)?[0-9]{1,6}(:[0-9]{1,6}){0,2}")) {
            return OptionalLong.empty();
        }
        String[] parts = limit.split("[-:]", -1);
        // Minutes come first, unless days or hours do.
        int unit = limit.contains("-") ? 86_400 : parts.length == 3 ? 3600 : 60;
        long seconds = 0;
        for (String part : parts) {
            seconds += Long.parseLong(part) * unit;
            unit = unit == 86_400 ? 3600 : unit / 60;
        }
        return OptionalLong.of(seconds);
    }

    /** How the jobs start Espalier: the launcher, or this Java with these classes. */
    private static List<String> launcher() {
        Optional<String> script = Optional.ofNullable(System.getProperty("espalier.launcher"));
        return script.map(List::of)
                .orElseGet(() -> SlurmScripts.thisJava(System.getProperty("java.class.path"), "org.espalier.cli.Main"));
    }

    /** The site's limit for the elements of an array; empty where Slurm does not say. */
    private static OptionalInt mostElements() {
        try {
            Output output = run(List.of("scontrol", "show", "config"));
            Matcher most = MOST.matcher(output.text());
            return most.find() ? OptionalInt.of(Integer.parseInt(most.group(1)) - 1) : OptionalInt.empty();
        } catch (IOException e) {
            return OptionalInt.empty(); // no Slurm here: the script may be for another machine
        }
    }

    private static String sbatch(List<String> command) {
        Output output;
        try {
            output = run(command);
        } catch (IOException e) {
            throw new UserException(
                    "sbatch cannot be started: " + e.getMessage() + "; submit the scripts on a machine that has Slurm",
                    e);
        }
        Matcher number = SUBMITTED.matcher(output.text());
        if (output.code() != 0 || !number.find()) {
            throw new UserException("sbatch refused the job: "
                    + output.text().strip().replace('\n', ' ').replace("sbatch: error: ", ""));
        }
        return number.group(1);
    }

    private record Output(int code, String text) {}

    private static Output run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new UserException(command.getFirst() + " was interrupted; whether it took the job is not known", e);
        }
    }
}
