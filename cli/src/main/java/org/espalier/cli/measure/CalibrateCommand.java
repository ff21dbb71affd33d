package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
        footer = {"", "Example:", "  espalier calibrate runs/quick --all-levels --epsilon 0.1"})
final class CalibrateCommand implements Callable<Integer> {
    private final Console console;

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

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the attack's starts (default: 1).")
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
            CalibrationMeter meter = new CalibrationMeter(measured.engine());
            show(measured, meter, Optional.empty(), names, values);
            radius.ifPresent(size -> show(measured, meter, Optional.of(size), names, values));
        }
        if (!json) {
            Table table = new Table(
                    "Calibration on test images",
                    new Table.Block("", List.of("ticket", "images"), names, true),
                    List.of(new Table.Block("", List.of("accuracy %", "ECE %", "MCE %", "NLL", "Brier"), values)),
                    List.of("ECE and MCE: " + Calibration.BINS + " bins of equal width over the largest probability"));
            console.out().print(TextTable.of(table, console.resultWidth()));
        }
        return ExitCode.DONE;
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
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("correct", found.correct());
        result.put("ece", found.ece());
        result.put("mce", found.mce());
        result.put("nll", found.nll());
        result.put("brier", found.brier());
        result.put(
                "reliability", found.bins().stream().map(CalibrateCommand::bin).toList());
        Measurement measurement = new Measurement(measured.ticket(), "calibration", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        names.add(List.of(
                measured.ticket().label(), radius.map(size -> "PGD-10, " + size).orElse("clean")));
        values.add(List.of(
                percent((double) found.correct() / found.images()),
                percent(found.ece()),
                percent(found.mce()),
                String.format(Locale.ROOT, "%.4f", found.nll()),
                String.format(Locale.ROOT, "%.4f", found.brier())));
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

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f", 100 * fraction);
    }
}
