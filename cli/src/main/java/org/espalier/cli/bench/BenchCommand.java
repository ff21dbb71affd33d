package org.espalier.cli.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.StatusLine;
import org.espalier.cli.console.Version;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.lab.bench.Bench;
import org.espalier.lab.bench.BenchReport;
import org.espalier.lab.bench.BenchSettings;
import org.espalier.lab.bench.NetworkBench;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.runner.Machine;
import org.espalier.network.Architecture;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
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
            "  espalier bench --levels 0,8,20 --seconds 2 --json bench.json",
            "  espalier bench --network cnn-small --batch 60,128 --densities 1,0.169,0.036",
            "  espalier bench --network resnet8 --image 3,32,32 --vector-bits 256"
        })
final class BenchCommand implements Runnable {
    private static final double SECONDS = 0.6;
    private static final double QUICK_SECONDS = 0.12;
    private static final int ITERATIONS = 1000;
    private static final int QUICK_ITERATIONS = 60;
    private static final int CLASSES = 10;

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

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description =
                    "Measure this network instead (see espalier networks): passes and PGD steps by density and batch,"
                            + " on random images, by processor time.")
    private Optional<String> network;

    @Option(
            names = "--image",
            paramLabel = "N",
            split = ",",
            description = "With --network: channels, rows and columns of images (default: 1,28,28).")
    private List<Integer> image = List.of(1, 28, 28);

    @Option(
            names = "--densities",
            paramLabel = "D",
            split = ",",
            description = "With --network: shares of remaining weights (default: 1,0.5,0.169,0.036).")
    private List<Double> densities = List.of(1.0, 0.5, 0.169, 0.036);

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            description = "With --network: examples per step (default: 60,128).")
    private List<Integer> batches = List.of(60, 128);

    @Option(
            names = "--kernels",
            paramLabel = "K",
            split = ",",
            description = "With --network: dense, sparse or auto (default: dense,sparse).")
    private List<String> kernels = List.of("dense", "sparse");

    @Option(
            names = "--vector-bits",
            paramLabel = "B",
            description = "Width of registers: 128, 256, 512 or scalar (default: the widest).")
    private Optional<String> bits;

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
        chooseWidth();
        if (network.isPresent()) {
            measure(network.get(), time);
            return;
        }
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
        head(report.engine());
        BenchTables.of(report)
                .forEach(table -> console.out().println(TextTable.of(table, Math.max(console.resultWidth(), 100))));
        json.ifPresent(file -> write(file, report.json()));
    }

    /** Registers of the width asked for; it is read when the engine is first used. */
    private void chooseWidth() {
        if (bits.isEmpty()) {
            return;
        }
        String wanted = bits.get();
        check(
                List.of("128", "256", "512", "scalar").contains(wanted),
                "--vector-bits is " + wanted + ", expected 128, 256, 512 or scalar");
        System.setProperty(KernelChoice.PROPERTY, wanted);
        String running = Engines.describe();
        if (!running.contains(wanted)) {
            throw new UserException("--vector-bits is " + wanted + ", but this process already runs " + running);
        }
    }

    private void measure(String name, double time) {
        check(
                NamedNetworks.all().containsKey(name),
                "--network is " + name + ", expected one of "
                        + String.join(", ", NamedNetworks.all().keySet()));
        check(
                image.size() == 3 && image.stream().allMatch(n -> n >= 1),
                "--image is " + image + ", expected channels, rows and columns, each at least 1");
        for (double density : densities) {
            check(density > 0 && density <= 1, "--densities has " + density + ", expected numbers above 0 and up to 1");
        }
        for (int batch : batches) {
            check(batch >= 1 && batch <= 1024, "--batch has " + batch + ", expected numbers from 1 to 1024");
        }
        List<KernelMode> modes = new ArrayList<>();
        for (String mode : kernels) {
            check(
                    List.of("dense", "sparse", "auto").contains(mode),
                    "--kernels has " + mode + ", expected dense, sparse or auto");
            modes.add(KernelMode.valueOf(mode.toUpperCase(Locale.ROOT)));
        }
        Architecture architecture;
        try {
            architecture = new Architecture(NamedNetworks.graph(name, new Shape(image), CLASSES));
        } catch (IllegalArgumentException e) {
            throw new UserException(Objects.requireNonNull(e.getMessage()), e);
        }
        NetworkBench.Settings settings = new NetworkBench.Settings(name, architecture, densities, batches, modes, time);
        NetworkBench.Report report;
        try (StatusLine status = new StatusLine(console)) {
            report = new NetworkBench(
                            settings,
                            (what, done) -> status.show(String.format(Locale.ROOT, "%3.0f %%  %s", 100 * done, what)))
                    .run();
        }
        head(report.engine());
        console.out().println(TextTable.of(NetworkTable.of(report), Math.max(console.resultWidth(), 100)));
        json.ifPresent(file -> write(file, report.json()));
    }

    private void head(String engine) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "%s, %d processors, Java %s, %s%n%n",
                        Machine.processor(),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        engine);
    }

    private void check(boolean right, String complaint) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), complaint);
        }
    }

    private static void write(Path file, Map<String, Object> figures) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("espalier", Version.number());
        whole.put("java", System.getProperty("java.vendor") + " " + Runtime.version());
        whole.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        whole.put("processor", Machine.processor());
        whole.put("processors", Runtime.getRuntime().availableProcessors());
        whole.putAll(figures);
        AtomicFiles.write(file, (Json.write(whole) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
