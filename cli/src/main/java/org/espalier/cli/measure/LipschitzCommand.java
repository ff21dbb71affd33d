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
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.data.Split;
import org.espalier.evaluate.measure.EmpiricalLipschitz;
import org.espalier.evaluate.measure.LocalLipschitz;
import org.espalier.lab.experiment.Decimals;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
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

/** {@code espalier lipschitz}: measures local Lipschitz constants of tickets from both sides, and stores them. */
@Command(
        name = "lipschitz",
        description =
                "Measure local Lipschitz constants of fully connected tickets: sampled gradients below, bounds above; and"
                        + " ratios of every ticket.",
        footer = {"", "Example:", "  espalier lipschitz runs/quick-mlp --all-levels --epsilon 0.1"})
final class LipschitzCommand implements Callable<Integer> {
    private static final int USUAL_IMAGES = 20;

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

    @Option(names = "--norm", paramLabel = "NORM", description = "Norm of the ball: linf or l2 (default: linf).")
    private String norm = "linf";

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to measure, from the start (default: 20, or all if fewer).")
    private Optional<Integer> images;

    @Option(names = "--samples", paramLabel = "N", description = "Gradients to sample for an image (default: 200).")
    private int samples = 200;

    @Option(
            names = "--batches",
            paramLabel = "N",
            description =
                    "Also CLEVER's estimate, fitted to the largest gradients of so many batches of --samples points"
                            + " (the source: 500 batches of 1024).")
    private Optional<Integer> batches;

    @Option(
            names = "--ratio-steps",
            paramLabel = "N",
            description =
                    "Also the mean over images of |f(x) - f(x')|_1 / |x - x'|_inf, with logits f and x' by so many steps of"
                            + " PGD; of every network, in linf (the source: 10 steps).")
    private Optional<Integer> ratioSteps;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampled points (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    LipschitzCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new LipschitzCommand(console));
        }
    }

    @Override
    public Integer call() {
        double radius = Decimals.parseDouble(epsilon).orElse(-1.0);
        if (!(radius > 0) || Double.isInfinite(radius)) {
            throw wrong("--epsilon is " + epsilon + ", expected a number above 0 or a fraction as 8/255");
        }
        if (samples < 0) {
            throw wrong("--samples is " + samples + ", expected a number from 0");
        }
        if (batches.isPresent() && (batches.get() < 2 || samples < 1)) {
            throw wrong("--batches is " + batches.get() + " of --samples " + samples
                    + ", expected at least 2 batches of 1");
        }
        if (!List.of("linf", "l2").contains(norm)) {
            throw wrong("--norm is " + norm + ", expected linf or l2");
        }
        if (ratioSteps.isPresent() && (ratioSteps.get() < 1 || !norm.equals("linf"))) {
            throw wrong("--ratio-steps is " + ratioSteps.get() + " with --norm " + norm
                    + ", expected a number from 1 with linf");
        }
        Norm ball = norm.equals("l2") ? Norm.L2 : Norm.LINF;
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (MeasuredTickets.Measured measured :
                MeasuredTickets.of(ticketOptions.tickets(given), images, USUAL_IMAGES, console)) {
            measure(measured, ball, radius, names, values);
        }
        if (!json) {
            console.out()
                    .print(TextTable.of(
                            new Table(
                                    "Local Lipschitz constants of margins, medians over test images",
                                    new Table.Block("", List.of("ticket", "images"), names, true),
                                    List.of(
                                            constants(values),
                                            block("radius", List.of("certified", "sampled"), 3, values)),
                                    List.of(
                                            ">=: largest of the sampled gradients. <=: bound of all gradients in the ball of "
                                                    + norm + " " + epsilon + ". The constant lies between the two.",
                                            "radius: margin / constant, at most epsilon. certified: from the bound. sampled: from"
                                                    + " the gradients found, which may overstate robustness."
                                                    + (batches.isPresent()
                                                            ? " CLEVER: from the limit of the gradients found, which may too."
                                                            : "")
                                                    + (ratioSteps.isPresent()
                                                            ? " ratio: mean of the largest |f(x) - f(x')|_1 / |x - x'|_inf that "
                                                                    + ratioSteps.get()
                                                                    + " steps of PGD find; of logits, not of a margin."
                                                            : ""))),
                            console.resultWidth()));
        }
        return ExitCode.DONE;
    }

    /** Columns of a table, with CLEVER's as the last one where it is wanted. */
    private Table.Block block(String title, List<String> headings, int from, List<List<String>> values) {
        List<String> all = new ArrayList<>(headings);
        batches.ifPresent(_ -> all.add("CLEVER"));
        return new Table.Block(
                title,
                all,
                values.stream().map(row -> row.subList(from, from + all.size())).toList());
    }

    /** Constants, with the ratio as the last column where it is wanted. */
    private Table.Block constants(List<List<String>> values) {
        Table.Block sides = block("constant", List.of(">=", "<="), 0, values);
        if (ratioSteps.isEmpty()) {
            return sides;
        }
        List<String> headings = new ArrayList<>(sides.headings());
        headings.add("ratio");
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < values.size(); row++) {
            List<String> cells = new ArrayList<>(sides.rows().get(row));
            cells.add(values.get(row).getLast());
            rows.add(cells);
        }
        return new Table.Block(sides.name(), headings, rows);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void measure(
            MeasuredTickets.Measured measured,
            Norm ball,
            double radius,
            List<List<String>> names,
            List<List<String>> values) {
        Mask mask = measured.ticket().network().mask();
        Weights weights = measured.ticket().network().weights();
        boolean sides = mask.architecture().fullyConnected().isPresent();
        if (!sides && ratioSteps.isEmpty()) {
            throw new UserException(measured.ticket().label()
                    + " has layers other than linear ones, expected a fully connected network: bounds of local Lipschitz"
                    + " constants are of these alone, and --ratio-steps measures all");
        }
        Map<String, Object> settings = measured.settings();
        settings.put("norm", norm);
        settings.put("epsilon", radius);
        settings.put("samples", samples);
        settings.put("seed", seed);
        batches.ifPresent(count -> settings.put("batches", count));
        ratioSteps.ifPresent(count -> settings.put("ratio-steps", count));
        Map<String, Object> result = new LinkedHashMap<>();
        List<String> cells =
                new ArrayList<>(sides ? sides(measured, ball, radius, result) : List.of("", "", "", "", "", ""));
        ratioSteps.ifPresent(steps -> {
            double[] ratios = ratios(measured, new EmpiricalLipschitz(weights, mask, radius, steps));
            double mean = Arrays.stream(ratios).sum() / ratios.length;
            result.put("mean-ratio", mean);
            result.put("ratios", Arrays.stream(ratios).boxed().toList());
            cells.add(number(mean));
        });
        Measurement measurement = new Measurement(measured.ticket(), "lipschitz", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        names.add(List.of(measured.ticket().label(), Integer.toString(measured.images())));
        values.add(cells);
    }

    private double[] ratios(MeasuredTickets.Measured measured, EmpiricalLipschitz empirical) {
        Split split = measured.split();
        Stream stream = Stream.root(seed).child("lipschitz ratio");
        double[] ratios = new double[measured.images()];
        // An image's ratio does not depend on the thread that measures it.
        IntStream.range(0, ratios.length)
                .parallel()
                .forEach(image -> ratios[image] = empirical.of(split.pixels(image), stream.child(image)));
        return ratios;
    }

    /**
     * The two sides of a fully connected network's constants.
     *
     * @param result receives them
     * @return cells of the table
     */
    private List<String> sides(
            MeasuredTickets.Measured measured, Norm ball, double radius, Map<String, Object> result) {
        Mask mask = measured.ticket().network().mask();
        Weights weights = measured.ticket().network().weights();
        LocalLipschitz lipschitz = new LocalLipschitz(weights, mask, ball, radius);
        Stream stream = Stream.root(seed).child("lipschitz");
        Split split = measured.split();
        LocalLipschitz.Constant[] found = new LocalLipschitz.Constant[measured.images()];
        LocalLipschitz.Clever[] fitted = new LocalLipschitz.Clever[batches.isPresent() ? found.length : 0];
        // An image's constant does not depend on the thread that measures it.
        IntStream.range(0, found.length).parallel().forEach(image -> {
            double[] pixels = split.pixels(image);
            found[image] = lipschitz.of(pixels, split.labels()[image], samples, stream.child(image));
            batches.ifPresent(count ->
                    fitted[image] = lipschitz.clever(pixels, found[image], count, samples, stream.child(image)));
        });
        result.put("median-lower", median(found, LocalLipschitz.Constant::lower));
        result.put("median-upper", median(found, LocalLipschitz.Constant::upper));
        result.put(
                "constants",
                IntStream.range(0, found.length)
                        .mapToObj(image -> {
                            LocalLipschitz.Constant constant = found[image];
                            Map<String, Object> entry = new LinkedHashMap<>();
                            entry.put("label", constant.label());
                            entry.put("other", constant.other());
                            entry.put("margin", constant.margin());
                            entry.put("lower", constant.lower());
                            entry.put("upper", constant.upper());
                            if (batches.isPresent()) {
                                entry.put("clever", fitted[image].constant());
                                entry.put("clever-fit", fitted[image].chance());
                            }
                            return (Object) entry;
                        })
                        .toList());
        return List.of(
                number(median(found, LocalLipschitz.Constant::lower)),
                number(median(found, LocalLipschitz.Constant::upper)),
                batches.isPresent() ? number(median(fitted, LocalLipschitz.Clever::constant)) : "",
                number(median(found, constant -> constant.certified(radius))),
                number(median(found, constant -> constant.sampled(radius))),
                batches.isPresent() ? number(median(fitted, clever -> clever.radius(radius))) : "");
    }

    private static <T> double median(T[] found, ToDoubleFunction<T> number) {
        double[] sorted = Arrays.stream(found).mapToDouble(number).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
