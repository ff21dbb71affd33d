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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
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

/** {@code espalier smooth}: certifies tickets in L2 by randomised smoothing, or predicts under noise, and stores what it finds. */
@Command(
        name = "smooth",
        description =
                "Certify tickets in L2 by randomised smoothing, or predict by it. Train with method gaussian of the same sigma.",
        footer = {
            "",
            "Each certificate holds with probability 1 - alpha, for the vote of the network under noise, in L2 only.",
            "Examples:",
            "  espalier smooth runs/quick-mlp --strategy original --trial 1 --level 3 --sigma 0.25",
            "  espalier smooth runs/quick-mlp --strategy original --trial 1 --level 3 --sigma 0.25 --predict"
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
            description = "Number of test images, from the start (default: 100, or all if fewer).")
    private Optional<Integer> images;

    @Option(
            names = "--predict",
            description =
                    "Predict the vote's class in place of certifying it, and abstain where two classes are too close."
                            + " No radius is certified.")
    private boolean predict;

    @Option(
            names = "--pick",
            paramLabel = "N",
            description = "Draws that pick the class of a certificate (default: 100).")
    private Optional<Integer> pick;

    @Option(
            names = "--draws",
            paramLabel = "N",
            description = "Draws that bound its probability; with --predict, all draws (default: 10000).")
    private int draws = 10_000;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description = "Chance of a wrong certificate or prediction (default: 0.001).")
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
        if (predict && pick.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--pick is " + pick.get() + " with --predict, expected no --pick: all draws of a prediction vote");
        }
        try {
            smoothing = new Smoothing.Settings(sigma, pick.orElse(100), draws, alpha);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (MeasuredTickets.Measured measured :
                MeasuredTickets.of(ticketOptions.tickets(given), images, USUAL_IMAGES, console)) {
            values.add(predict ? predictions(measured, smoothing) : certificates(measured, smoothing));
            names.add(List.of(measured.ticket().label()));
        }
        if (!json) {
            Table table = predict ? predictionTable(names, values) : certificateTable(smoothing, names, values);
            console.out().print(TextTable.of(table, console.resultWidth()));
        }
        return ExitCode.DONE;
    }

    private Table certificateTable(Smoothing.Settings smoothing, List<List<String>> names, List<List<String>> values) {
        List<String> headings = new ArrayList<>(List.of("abstains %"));
        Arrays.stream(RADII).forEach(radius -> headings.add("r " + text(radius)));
        return new Table(
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
                                smoothing.pick(),
                                draws,
                                text(alpha),
                                smoothing.cap())));
    }

    private Table predictionTable(List<List<String>> names, List<List<String>> values) {
        return new Table(
                "Predictions by randomised smoothing, % of test images",
                new Table.Block("", List.of("ticket"), names, true),
                List.of(new Table.Block("", List.of("right %", "wrong %", "abstains %"), values)),
                List.of(
                        "sigma " + text(sigma) + ", " + draws + " draws, alpha " + text(alpha),
                        "the classifier is that of the certificates in L2; a prediction certifies no radius"));
    }

    /** What smoothing finds of each image; it does not depend on the thread that makes it. */
    private <T> List<T> all(
            MeasuredTickets.Measured measured, Smoothing.Settings smoothing, BiFunction<Smoothing, Integer, T> found) {
        int count = measured.images();
        int threads = Math.min(count, Runtime.getRuntime().availableProcessors());
        Map<Integer, T> all = new ConcurrentHashMap<>();
        IntStream.range(0, threads).parallel().forEach(thread -> {
            Smoothing own = new Smoothing(measured.engine(), smoothing);
            for (int image = thread; image < count; image += threads) {
                all.put(image, found.apply(own, image));
            }
        });
        return IntStream.range(0, count).mapToObj(all::get).toList();
    }

    private Stream noise() {
        return Stream.root(seed).child("smoothing");
    }

    private List<String> certificates(MeasuredTickets.Measured measured, Smoothing.Settings smoothing) {
        List<Smoothing.Certificate> found =
                all(measured, smoothing, (own, image) -> own.certify(measured.split(), image, noise()));
        int[] labels = measured.split().labels();
        Map<String, Object> settings = measured.settings();
        settings.put("norm", "l2");
        settings.put("sigma", sigma);
        settings.put("pick", smoothing.pick());
        settings.put("draws", draws);
        settings.put("alpha", alpha);
        settings.put("seed", seed);
        List<Object> certificates = new ArrayList<>();
        for (int image = 0; image < found.size(); image++) {
            Smoothing.Certificate certificate = found.get(image);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image);
            line.put("label", labels[image]);
            line.put("picked", certificate.picked());
            line.put("hits", certificate.hits());
            line.put("abstains", certificate.abstains());
            line.put("radius", certificate.radius());
            certificates.add(line);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("cap", smoothing.cap());
        result.put("certificates", certificates);
        write(measured, settings, result);
        List<String> row = new ArrayList<>();
        row.add(percent(found.stream().filter(Smoothing.Certificate::abstains).count(), found.size()));
        for (double radius : RADII) {
            row.add(percent(
                    IntStream.range(0, found.size())
                            .filter(image -> !found.get(image).abstains()
                                    && found.get(image).picked() == labels[image]
                                    && found.get(image).radius() >= radius)
                            .count(),
                    found.size()));
        }
        return row;
    }

    private List<String> predictions(MeasuredTickets.Measured measured, Smoothing.Settings smoothing) {
        List<Smoothing.Prediction> found =
                all(measured, smoothing, (own, image) -> own.predict(measured.split(), image, noise()));
        Map<String, Object> settings = measured.settings();
        settings.put("mode", "predict");
        settings.put("sigma", sigma);
        settings.put("draws", draws);
        settings.put("alpha", alpha);
        settings.put("seed", seed);
        int right = 0;
        int abstaining = 0;
        List<Object> predictions = new ArrayList<>();
        for (int image = 0; image < found.size(); image++) {
            Smoothing.Prediction prediction = found.get(image);
            int label = measured.split().labels()[image];
            right += !prediction.abstains() && prediction.picked() == label ? 1 : 0;
            abstaining += prediction.abstains() ? 1 : 0;
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image);
            line.put("label", label);
            line.put("picked", prediction.picked());
            line.put("hits", prediction.hits());
            line.put("second", prediction.second());
            line.put("p", prediction.chance());
            line.put("abstains", prediction.abstains());
            predictions.add(line);
        }
        int wrong = found.size() - right - abstaining;
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("right", right);
        result.put("wrong", wrong);
        result.put("abstains", abstaining);
        result.put("predictions", predictions);
        write(measured, settings, result);
        return List.of(percent(right, found.size()), percent(wrong, found.size()), percent(abstaining, found.size()));
    }

    private void write(MeasuredTickets.Measured measured, Map<String, Object> settings, Map<String, Object> result) {
        Measurement measurement = new Measurement(measured.ticket(), "smoothing", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
        }
    }

    private static String text(double value) {
        return String.valueOf(value).replaceAll("\\.0$", "");
    }

    private static String percent(long found, int of) {
        return String.format(Locale.ROOT, "%.1f", 100.0 * found / of);
    }
}
