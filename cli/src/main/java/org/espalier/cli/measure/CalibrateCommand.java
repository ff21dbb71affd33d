package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.evaluate.measure.Calibration;
import org.espalier.evaluate.measure.CalibrationMeter;
import org.espalier.lab.experiment.Decimals;
import org.espalier.random.Stream;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier calibrate}: measures how well tickets' confidences match their accuracy, and stores it. */
@Command(
        name = "calibrate",
        description =
                "Measure the calibration of tickets: expected and maximum calibration error, likelihood, Brier score.",
        footer = {
            "",
            "Examples:",
            "  espalier calibrate runs/quick --all-levels --epsilon 0.1",
            "  espalier calibrate runs/quick --all-levels --images 1000 --corruptions fog,brightness"
        })
final class CalibrateCommand implements Callable<Integer> {
    /** The columns of the table. */
    private static final List<Column> COLUMNS = List.of(
            new Column("accuracy", "accuracy %", true, each -> (double) each.correct() / each.images()),
            new Column("ece", "ECE %", true, Calibration::ece),
            new Column("mce", "MCE %", true, Calibration::mce),
            new Column("nll", "NLL", false, Calibration::nll),
            new Column("brier", "Brier", false, Calibration::brier));

    private final Console console;

    /** A column: its word in files, and how a number of it is shown. */
    private record Column(String word, String heading, boolean percent, ToDoubleFunction<Calibration> of) {
        String text(double value) {
            return String.format(Locale.ROOT, percent ? "%.2f" : "%.4f", percent ? 100 * value : value);
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to measure, from the start (default: all).")
    private Optional<Integer> images;

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description = "Also measure under PGD with 10 steps of epsilon / 4 in this L-infinity ball, e.g. 0.1 or"
                    + " 8/255.")
    private Optional<String> epsilon;

    @Option(
            names = "--corruptions",
            paramLabel = "NAMES",
            split = ",",
            description = "Also measure on corrupted images, as espalier corrupt makes them: all, or names separated by"
                    + " commas, e.g. fog,shot-noise.")
    private List<String> corruptions = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the attack's starts and of the corruptions' draws (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket and kind of images.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    CalibrateCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new CalibrateCommand(console));
        }
    }

    @Override
    public Integer call() {
        Optional<Double> radius = epsilon.map(this::radius);
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (MeasuredTickets.Measured measured :
                MeasuredTickets.of(ticketOptions.tickets(given), images, Integer.MAX_VALUE, console)) {
            Optional<CorruptionSet> set = set(measured);
            CalibrationMeter meter = new CalibrationMeter(measured.engine());
            show(measured, meter, Optional.empty(), names, values);
            radius.ifPresent(size -> show(measured, meter, Optional.of(size), names, values));
            set.ifPresent(each -> showCorrupted(measured, each, names, values));
        }
        if (!json) {
            Table table = new Table(
                    "Calibration on test images",
                    new Table.Block("", List.of("ticket", "images"), names, true),
                    List.of(new Table.Block(
                            "", COLUMNS.stream().map(Column::heading).toList(), values)),
                    notes());
            console.out().print(TextTable.of(table, console.resultWidth()));
        }
        return ExitCode.DONE;
    }

    private boolean allCorruptions() {
        return corruptions.equals(List.of("all"));
    }

    /** The corruptions asked for, if any. */
    private Optional<CorruptionSet> set(MeasuredTickets.Measured measured) {
        if (corruptions.isEmpty()) {
            return Optional.empty();
        }
        CorruptionSet all = CorruptionSet.of(measured);
        return Optional.of(allCorruptions() ? all : all.named(corruptions));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(
                List.of("ECE and MCE: " + Calibration.BINS + " bins of equal width over the largest probability"));
        if (!corruptions.isEmpty()) {
            notes.add(
                    "corrupted images are Espalier's own, in the published style; a row is the mean over severities if"
                            + " there are several, and the mean leaves out the identity and what the published mean leaves out");
        }
        return notes;
    }

    private double radius(String text) {
        double radius = Decimals.parseDouble(text).orElse(-1.0);
        if (!(radius > 0 && radius <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--epsilon is " + text + ", expected a number above 0 and at most 1: pixel values lie in 0 to 1");
        }
        return radius;
    }

    private void show(
            MeasuredTickets.Measured measured,
            CalibrationMeter meter,
            Optional<Double> radius,
            List<List<String>> names,
            List<List<String>> values) {
        Calibration found = meter.measure(
                measured.split(),
                measured.images(),
                radius.map(MeasuredTickets::pgd),
                Stream.root(seed).child("calibration"));
        Map<String, Object> settings = measured.settings();
        settings.put("bins", Calibration.BINS);
        radius.ifPresent(size -> {
            settings.put("epsilon", size);
            settings.put("steps", MeasuredTickets.STEPS);
            settings.put("seed", seed);
        });
        write(measured, settings, result(found));
        names.add(List.of(
                measured.ticket().label(), radius.map(size -> "PGD-10, " + size).orElse("clean")));
        values.add(COLUMNS.stream()
                .map(column -> column.text(column.of.applyAsDouble(found)))
                .toList());
    }

    /** One measurement of all corruptions, and a row for each kind and their mean. */
    private void showCorrupted(
            MeasuredTickets.Measured measured, CorruptionSet set, List<List<String>> names, List<List<String>> values) {
        List<Calibration> found = set.measure(measured, seed);
        Map<String, Object> settings = measured.settings();
        settings.put("bins", Calibration.BINS);
        settings.put("corruptions", set.style());
        if (!allCorruptions()) {
            settings.put("names", set.words());
        }
        settings.put("seed", seed);
        Map<String, Object> corrupted = new LinkedHashMap<>();
        for (int c = 0; c < found.size(); c++) {
            corrupted.put(set.words().get(c), result(found.get(c)));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        if (set.hasMean()) {
            Map<String, Object> means = new LinkedHashMap<>();
            COLUMNS.forEach(column -> means.put(column.word, set.mean(found, column.of)));
            result.put("mean", means);
        }
        result.put("corrupted", corrupted);
        write(measured, settings, result);
        List<Map<String, Double>> columns =
                COLUMNS.stream().map(column -> set.byKind(found, column.of)).toList();
        for (String kind : columns.getFirst().keySet()) {
            names.add(List.of(measured.ticket().label(), kind));
            values.add(IntStream.range(0, COLUMNS.size())
                    .mapToObj(at -> COLUMNS.get(at)
                            .text(Objects.requireNonNull(columns.get(at).get(kind))))
                    .toList());
        }
        if (set.hasMean()) {
            names.add(List.of(measured.ticket().label(), "corrupted, mean"));
            values.add(COLUMNS.stream()
                    .map(column -> column.text(set.mean(found, column.of)))
                    .toList());
        }
    }

    private void write(MeasuredTickets.Measured measured, Map<String, Object> settings, Map<String, Object> result) {
        Measurement measurement = new Measurement(measured.ticket(), "calibration", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
        }
    }

    private static Map<String, Object> result(Calibration found) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("correct", found.correct());
        result.put("ece", found.ece());
        result.put("mce", found.mce());
        result.put("nll", found.nll());
        result.put("brier", found.brier());
        result.put(
                "reliability", found.bins().stream().map(CalibrateCommand::bin).toList());
        return result;
    }

    private static Map<String, Object> bin(Calibration.Bin bin) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("low", bin.low());
        members.put("high", bin.high());
        members.put("images", bin.images());
        members.put("correct", bin.correct());
        members.put("confidence", bin.confidence());
        return members;
    }
}
