package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.evaluate.measure.Smoothing;
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

/** {@code espalier smooth}: certifies tickets in L2 by randomised smoothing, and stores the certificates. */
@Command(
        name = "smooth",
        description = "Certify tickets in L2 by randomised smoothing. Train with method gaussian of the same sigma.",
        footer = {
            "",
            "Each certificate holds with probability 1 - alpha, for the vote of the network under noise, in L2 only.",
            "Example:",
            "  espalier smooth runs/quick-mlp --strategy original --trial 1 --level 3 --sigma 0.25"
        })
final class SmoothCommand implements Callable<Integer> {
    private static final int USUAL_IMAGES = 100;
    private static final double[] RADII = {0, 0.25, 0.5, 0.75, 1, 1.5, 2};

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--sigma",
            paramLabel = "S",
            required = true,
            description = "Standard deviation of the noise, in pixel values.")
    private double sigma;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to certify, from the start (default: 100, or all if fewer).")
    private Optional<Integer> images;

    @Option(names = "--pick", paramLabel = "N", description = "Draws that pick the class (default: 100).")
    private int pick = 100;

    @Option(names = "--draws", paramLabel = "N", description = "Draws that bound its probability (default: 10000).")
    private int draws = 10_000;

    @Option(names = "--alpha", paramLabel = "A", description = "Chance of a wrong certificate (default: 0.001).")
    private double alpha = 0.001;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the noise (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    SmoothCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new SmoothCommand(console));
        }
    }

    @Override
    public Integer call() {
        Smoothing.Settings smoothing;
        try {
            smoothing = new Smoothing.Settings(sigma, pick, draws, alpha);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (MeasuredTickets.Measured measured :
                MeasuredTickets.of(ticketOptions.tickets(given), images, USUAL_IMAGES, console)) {
            show(measured, smoothing, names, values);
        }
        if (!json) {
            List<String> headings = new ArrayList<>(List.of("abstains %"));
            Arrays.stream(RADII).forEach(radius -> headings.add("r " + text(radius)));
            Table table = new Table(
                    "Certified accuracy in L2 by randomised smoothing, % of test images",
                    new Table.Block("", List.of("ticket"), names, true),
                    List.of(new Table.Block("", headings, values)),
                    List.of(
                            "r: images classified right with a certified radius of at least r, in pixel values; 0 is all"
                                    + " that do not abstain",
                            String.format(
                                    Locale.ROOT,
                                    "sigma %s, %d + %d draws, alpha %s; these draws certify at most %.4f",
                                    text(sigma),
                                    pick,
                                    draws,
                                    text(alpha),
                                    smoothing.cap())));
            console.out().print(TextTable.of(table, console.resultWidth()));
        }
        return ExitCode.DONE;
    }

    private void show(
            MeasuredTickets.Measured measured,
            Smoothing.Settings smoothing,
            List<List<String>> names,
            List<List<String>> values) {
        Stream noise = Stream.root(seed).child("smoothing");
        int count = measured.images();
        int threads = Math.min(count, Runtime.getRuntime().availableProcessors());
        Smoothing.Certificate[] found = new Smoothing.Certificate[count];
        // An image's certificate does not depend on the thread that makes it.
        IntStream.range(0, threads).parallel().forEach(thread -> {
            Smoothing own = new Smoothing(measured.engine(), smoothing);
            for (int image = thread; image < count; image += threads) {
                found[image] = own.certify(measured.split(), image, noise);
            }
        });
        Map<String, Object> settings = measured.settings();
        settings.put("norm", "l2");
        settings.put("sigma", sigma);
        settings.put("pick", pick);
        settings.put("draws", draws);
        settings.put("alpha", alpha);
        settings.put("seed", seed);
        List<Object> certificates = new ArrayList<>();
        for (int image = 0; image < count; image++) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image);
            line.put("label", measured.split().labels()[image]);
            line.put("picked", found[image].picked());
            line.put("hits", found[image].hits());
            line.put("abstains", found[image].abstains());
            line.put("radius", found[image].radius());
            certificates.add(line);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("cap", smoothing.cap());
        result.put("certificates", certificates);
        Measurement measurement = new Measurement(measured.ticket(), "smoothing", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        List<String> row = new ArrayList<>();
        row.add(percent(
                Arrays.stream(found).filter(Smoothing.Certificate::abstains).count(), count));
        for (double radius : RADII) {
            row.add(percent(
                    IntStream.range(0, count)
                            .filter(image -> !found[image].abstains()
                                    && found[image].picked() == measured.split().labels()[image]
                                    && found[image].radius() >= radius)
                            .count(),
                    count));
        }
        names.add(List.of(measured.ticket().label()));
        values.add(row);
    }

    private static String text(double value) {
        return String.valueOf(value).replaceAll("\\.0$", "");
    }

    private static String percent(long found, int of) {
        return String.format(Locale.ROOT, "%.1f", 100.0 * found / of);
    }
}
