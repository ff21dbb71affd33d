package org.espalier.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.StatusLine;
import org.espalier.cli.console.Version;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.bench.Bench;
import org.espalier.lab.bench.BenchReport;
import org.espalier.lab.bench.BenchSettings;
import org.espalier.lab.file.Json;
import org.espalier.lab.runner.Machine;
import org.espalier.report.format.TextTable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espalier bench}: measures the speed of the engine on this machine. */
@Command(
        name = "bench",
        description = "Measure the speed of training and evaluation by level, in two to three minutes.",
        footer = {
            "",
            "Examples:",
            "  espalier bench --quick",
            "  espalier bench --levels 0,8,20 --seconds 2 --json bench.json"
        })
final class BenchCommand implements Runnable {
    private static final double SECONDS = 0.6;
    private static final double QUICK_SECONDS = 0.12;
    private static final int ITERATIONS = 1000;
    private static final int QUICK_ITERATIONS = 60;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", paramLabel = "FILE", description = "JSON file of all measurements.")
    private Optional<Path> json;

    @Option(names = "--seconds", paramLabel = "S", description = "Seconds per measurement (default: 0.6).")
    private Optional<Double> seconds;

    @Option(
            names = "--levels",
            paramLabel = "N",
            split = ",",
            description = "Levels of the paper's schedule, 0 to 20 (default: 0,3,8,11,15,18,20).")
    private List<Integer> levels = BenchSettings.LEVELS;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            split = ",",
            description = "Numbers of trials to run at the same time (default: 1,2).")
    private List<Integer> jobs = List.of(1, 2);

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Iterations per level of the search that prunes the networks (default: 1000).")
    private Optional<Integer> iterations;

    @Option(names = "--quick", description = "Measure for half a minute, to within about one fifth.")
    private boolean quick;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    BenchCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new BenchCommand(console));
        }
    }

    @Override
    public void run() {
        double time = seconds.orElse(quick ? QUICK_SECONDS : SECONDS);
        check(time > 0 && time <= 60, "--seconds is " + time + ", expected more than 0 and at most 60");
        for (int level : levels) {
            check(
                    level >= 0 && level <= BenchSettings.LAST_LEVEL,
                    "--levels has " + level + ", expected numbers from 0 to " + BenchSettings.LAST_LEVEL);
        }
        for (int n : jobs) {
            check(n >= 1 && n <= 64, "--jobs has " + n + ", expected numbers from 1 to 64");
        }
        int updates = iterations.orElse(quick ? QUICK_ITERATIONS : ITERATIONS);
        check(updates >= 1, "--iterations is " + updates + ", expected a number from 1");

        BenchSettings settings = new BenchSettings(
                time,
                levels.stream().distinct().sorted().toList(),
                jobs.stream().distinct().sorted().toList(),
                updates);
        Split images;
        try (DataProgressLines progress = DataProgressLines.on(console)) {
            images = DataSets.load("digits", Optional.empty(), progress).train();
        }
        BenchReport report;
        try (StatusLine status = new StatusLine(console)) {
            report = new Bench(
                            settings,
                            images,
                            (what, done) -> status.show(String.format(Locale.ROOT, "%3.0f %%  %s", 100 * done, what)))
                    .run();
        }
        console.out()
                .printf(
                        Locale.ROOT,
                        "%s, %d processors, Java %s, %s%n%n",
                        Machine.processor(),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        report.engine());
        BenchTables.of(report)
                .forEach(table -> console.out().println(TextTable.of(table, Math.max(console.width(), 100))));
        json.ifPresent(file -> write(file, report));
    }

    private void check(boolean right, String complaint) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), complaint);
        }
    }

    private static void write(Path file, BenchReport report) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("espalier", Version.number());
        whole.put("java", System.getProperty("java.vendor") + " " + Runtime.version());
        whole.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        whole.put("processor", Machine.processor());
        whole.put("processors", Runtime.getRuntime().availableProcessors());
        whole.putAll(report.json());
        try {
            Files.writeString(file, Json.write(whole) + "\n");
        } catch (IOException e) {
            throw new UserException(file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
