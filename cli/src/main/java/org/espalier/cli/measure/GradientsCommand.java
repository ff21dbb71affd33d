package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.evaluate.measure.ZeroGradients;
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

/** {@code espalier gradients}: measures how many inputs of tickets have no gradient in an L-infinity ball, and stores it. */
@Command(
        name = "gradients",
        description =
                "Measure how many inputs of tickets have no gradient, inside an L-infinity ball and at its corners.",
        footer = {"", "Example:", "  espalier gradients runs/quick --all-levels --epsilon 0.2"})
final class GradientsCommand implements Callable<Integer> {
    private static final int USUAL_IMAGES = 1000;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            required = true,
            description = "Radius of the ball, in pixel values, e.g. 0.1 or 8/255.")
    private String epsilon;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to measure, from the start (default: 1,000, or all if fewer).")
    private Optional<Integer> images;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the points in the ball (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    GradientsCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new GradientsCommand(console));
        }
    }

    @Override
    public Integer call() {
        double radius = Decimals.parseDouble(epsilon).orElse(-1.0);
        if (!((float) radius > 0 && radius <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--epsilon is " + epsilon + ", expected a number above 0, at most 1, or a fraction as 8/255");
        }
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (MeasuredTickets.Measured measured :
                MeasuredTickets.of(ticketOptions.tickets(given), images, USUAL_IMAGES, console)) {
            measure(measured, radius, names, values);
        }
        if (!json) {
            console.out()
                    .print(TextTable.of(
                            new Table(
                                    "Inputs without a gradient, of those that a weight reads, in %",
                                    new Table.Block("", List.of("ticket", "images", "inputs read"), names, true),
                                    List.of(new Table.Block(
                                            "", List.of("at the image", "inside the ball", "at a corner"), values)),
                                    List.of(
                                            "Means over test images, of the ball of l-infinity " + epsilon
                                                    + ". inside: a point uniform in the ball. corner: every input at one end of"
                                                    + " its range.",
                                            "Where far more are zero inside than at a corner, units sleep that only points"
                                                    + " near the ball's surface wake, and attacks with gradients may overrate the"
                                                    + " network.")),
                            console.resultWidth()));
        }
        return ExitCode.DONE;
    }

    private void measure(
            MeasuredTickets.Measured measured, double radius, List<List<String>> names, List<List<String>> values) {
        Target target = new Target(measured.engine());
        Stream stream = Stream.root(seed).child("gradients");
        ZeroGradients found =
                ZeroGradients.of(target, Examples.of(measured.split(), 0, measured.images()), (float) radius, stream);
        Map<String, Object> settings = measured.settings();
        settings.put("epsilon", radius);
        settings.put("seed", seed);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("inputs-read", target.live().length);
        if (target.live().length > 0) {
            result.put("zero-at-image", found.clean());
            result.put("zero-inside", found.inside());
            result.put("zero-at-corner", found.corner());
        }
        Measurement measurement = new Measurement(measured.ticket(), "gradients", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        names.add(List.of(
                measured.ticket().label(),
                Integer.toString(measured.images()),
                Integer.toString(target.live().length)));
        values.add(List.of(percent(found.clean()), percent(found.inside()), percent(found.corner())));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
