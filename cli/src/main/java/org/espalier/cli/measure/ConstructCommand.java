package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.construct.SampledConvolutions;
import org.espalier.construct.StrongTicket;
import org.espalier.construct.SubsetSums;
import org.espalier.data.Split;
import org.espalier.evaluate.measure.CalibrationMeter;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.store.NetworkFile;
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

/** {@code espalier construct}: replaces weights by sums of subsets of random samples, and measures the network of sums. */
@Command(
        name = "construct",
        description =
                "Replace the weights of tickets by sums of subsets of random samples (strong tickets), and measure accuracy"
                        + " on the network of sums.",
        footer = {
            "",
            "Examples:",
            "  espalier construct runs/quick-mlp --strategy original --trial 1 --level 2 --epsilon 0.1",
            "  espalier construct lenet5.safetensors --method convolutions --samples 5,10,15,20,25,30"
        })
final class ConstructCommand implements Callable<Integer> {
    private static final String KIND = "construction";
    private static final String SUBSET_SUM = "subset-sum";
    private static final String CONVOLUTIONS = "convolutions";

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "subset-sum: samples shared by the weights of an output, Pensia et al. 2020; convolutions:"
                    + " samples for each weight of a convolution, da Cunha et al. 2022 (default: subset-sum).")
    private String method = SUBSET_SUM;

    @Option(
            names = "--error",
            paramLabel = "E",
            description =
                    "With subset-sum: distance of a sum from its weight that counts as a failure (default: 0.01).")
    private Optional<String> error;

    @Option(
            names = "--factor",
            paramLabel = "C",
            description =
                    "With subset-sum: samples for each weight, as a multiple of round(log2(1 / error)) (default: 3).")
    private Optional<Integer> factor;

    @Option(
            names = "--keep-small",
            description =
                    "With subset-sum: also search sums for weights that are at most the error; else they become 0.")
    private boolean keepSmall;

    @Option(
            names = "--samples",
            paramLabel = "N",
            split = ",",
            description = "With convolutions: numbers of samples for each weight (default: 5,10,15,20,25,30).")
    private List<Integer> samples = List.of();

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to measure, from the start (default: all).")
    private Optional<Integer> images;

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description =
                    "With subset-sum: also measure under PGD with 10 steps of epsilon / 4 in this L-infinity ball.")
    private Optional<String> epsilon;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of samples and attack (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ConstructCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new ConstructCommand(console));
        }
    }

    @Override
    public Integer call() {
        if (!List.of(SUBSET_SUM, CONVOLUTIONS).contains(method)) {
            throw wrong("--method is " + method + ", expected " + SUBSET_SUM + " or " + CONVOLUTIONS);
        }
        boolean sums = method.equals(SUBSET_SUM);
        if (!sums && (error.isPresent() || factor.isPresent() || keepSmall || epsilon.isPresent())) {
            throw wrong("--error, --factor, --keep-small and --epsilon go with --method subset-sum");
        } else if (sums && !samples.isEmpty()) {
            throw wrong("--samples goes with --method convolutions");
        }
        if (sums) {
            StrongTicket construction = strongTicket();
            Optional<Double> radius = epsilon.map(text -> number("--epsilon", text));
            tickets().forEach(ticket -> subsetSum(ticket, construction, radius));
        } else {
            List<Integer> numbers = numbers();
            tickets().forEach(ticket -> convolutions(ticket, numbers));
        }
        return ExitCode.DONE;
    }

    private List<MeasuredTickets.Measured> tickets() {
        return MeasuredTickets.of(ticketOptions.tickets(given), images, Integer.MAX_VALUE, console);
    }

    private StrongTicket strongTicket() {
        double size = error.map(text -> number("--error", text)).orElse(0.01);
        int count = factor.orElse(3);
        int drawn = count < 1 ? 0 : StrongTicket.samples(count, size);
        if (drawn < 1 || drawn > SubsetSums.MOST) {
            throw wrong("--factor " + count + " and --error " + size + " give " + drawn + " samples for each weight,"
                    + " expected 1 to " + SubsetSums.MOST);
        }
        return new StrongTicket(drawn, size, !keepSmall);
    }

    private List<Integer> numbers() {
        List<Integer> numbers = samples.isEmpty() ? List.of(5, 10, 15, 20, 25, 30) : samples;
        numbers.stream().filter(n -> n < 1 || n > SubsetSums.MOST).findFirst().ifPresent(n -> {
            throw wrong("--samples has " + n + ", expected numbers from 1 to " + SubsetSums.MOST);
        });
        return numbers;
    }

    private double number(String option, String text) {
        double number = Decimals.parseDouble(text).orElse(-1.0);
        if (!(number > 0 && number <= 1)) {
            throw wrong(option + " is " + text + ", expected a number above 0 and at most 1");
        }
        return number;
    }

    private ParameterException wrong(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private void subsetSum(MeasuredTickets.Measured measured, StrongTicket construction, Optional<Double> radius) {
        Weights target = measured.ticket().network().weights();
        Mask mask = measured.ticket().network().mask();
        Stream stream = Stream.root(seed).child("construction");
        StrongTicket.Result made = construction.of(target, mask, stream.child("samples"));
        Map<String, Object> settings = measured.settings();
        settings.put("method", method);
        settings.put("samples", construction.samples());
        settings.put("error", construction.error());
        settings.put("drop-small", construction.dropSmall());
        settings.put("seed", seed);
        radius.ifPresent(size -> settings.put("epsilon", size));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("drawn", made.drawn());
        result.put("kept", made.kept());
        result.put("failures", made.failures());
        result.put("largest-error", made.largestError());
        result.put(
                "layers", made.layers().stream().map(ConstructCommand::members).toList());
        Map<String, Double> accuracies = new LinkedHashMap<>();
        accuracies.put("target", accuracy(measured, target, Optional.empty()));
        accuracies.put("sums", accuracy(measured, made.weights(), Optional.empty()));
        radius.ifPresent(size -> {
            accuracies.put("target-pgd", accuracy(measured, target, radius));
            accuracies.put("sums-pgd", accuracy(measured, made.weights(), radius));
        });
        result.put("accuracy", accuracies);
        Measurement measurement = new Measurement(measured.ticket(), KIND, settings, result);
        measurement.write();
        Path file = measurement.file();
        Path network = file.resolveSibling(String.valueOf(file.getFileName()).replace(".json", ".safetensors"));
        NetworkFile.write(
                network,
                made.weights(),
                mask,
                Map.of(
                        "construction",
                        construction.toString(),
                        "target",
                        measured.ticket().digest()));
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        for (StrongTicket.Layer layer : made.layers()) {
            names.add(List.of(layer.name()));
            values.add(List.of(
                    Integer.toString(layer.weights()),
                    Long.toString(layer.drawn()),
                    Long.toString(layer.kept()),
                    String.format(Locale.ROOT, "%.2e", layer.largestError()),
                    Integer.toString(layer.failures())));
        }
        List<String> notes = new ArrayList<>(List.of(
                construction.samples() + " samples for each weight; failures are weights whose sum is off by more than "
                        + construction.error(),
                "kept for each weight: "
                        + String.format(Locale.ROOT, "%.3f", (double) made.kept() / Math.max(1, mask.count()))));
        accuracies.forEach((name, accuracy) ->
                notes.add(String.format(Locale.ROOT, "accuracy of %s: %.2f %%", words(name, radius), 100 * accuracy)));
        notes.add("the network of sums: " + network);
        table(
                "Strong ticket of " + measured.ticket().label(),
                List.of("layer"),
                names,
                List.of("weights", "samples", "kept", "largest error", "failures"),
                values,
                notes);
    }

    private static String words(String name, Optional<Double> radius) {
        String network = name.startsWith("target") ? "the target" : "the network of sums";
        return name.endsWith("-pgd") ? network + " under PGD-10, " + radius.orElseThrow() : network;
    }

    private static Map<String, Object> members(StrongTicket.Layer layer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", layer.name());
        members.put("weights", layer.weights());
        members.put("drawn", layer.drawn());
        members.put("kept", layer.kept());
        members.put("largest-error", layer.largestError());
        members.put("failures", layer.failures());
        return members;
    }

    private double accuracy(MeasuredTickets.Measured measured, Weights weights, Optional<Double> radius) {
        return (double) new CalibrationMeter(measured.engine(weights))
                        .measure(
                                measured.split(),
                                measured.images(),
                                radius.map(MeasuredTickets::pgd),
                                Stream.root(seed).child("construction").child("attack"))
                        .correct()
                / measured.images();
    }

    private void convolutions(MeasuredTickets.Measured measured, List<Integer> numbers) {
        SampledConvolutions construction;
        try {
            construction = new SampledConvolutions(
                    measured.ticket().network().weights(),
                    measured.ticket().network().mask());
        } catch (IllegalArgumentException e) {
            throw new UserException(measured.ticket().label() + " cannot be constructed: " + e.getMessage(), e);
        }
        Split split = measured.split();
        Stream stream = Stream.root(seed).child("construction").child("samples");
        Map<String, Object> settings = measured.settings();
        settings.put("method", method);
        settings.put("samples", numbers);
        settings.put("seed", seed);
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Double> weightErrors = new ArrayList<>();
        List<Double> changes = new ArrayList<>();
        for (int number : numbers) {
            SampledConvolutions.Sampled made = construction.of(number, stream);
            double change = construction.change(made.weights(), split, measured.images());
            double accuracy = accuracy(measured, made.weights(), Optional.empty());
            weightErrors.add(made.weightError());
            changes.add(change);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("samples", number);
            row.put("weights", made.replaced());
            row.put("kept", made.kept());
            row.put("weight-error", made.weightError());
            row.put("output-change", change);
            row.put("accuracy", accuracy);
            rows.add(row);
            names.add(List.of(Integer.toString(number)));
            values.add(List.of(
                    Integer.toString(made.replaced()),
                    Long.toString(made.kept()),
                    String.format(Locale.ROOT, "%.3f", Math.log10(made.weightError())),
                    String.format(Locale.ROOT, "%.3f", Math.log10(change)),
                    String.format(Locale.ROOT, "%.2f", 100 * accuracy)));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("convolutions-only", construction.convolutions());
        result.put("rows", rows);
        List<String> notes = new ArrayList<>();
        notes.add(
                construction.convolutions()
                        ? "weights of convolutions alone; output: of the convolutions"
                        : "the network has no convolution: weights of all layers; output: the logits");
        line(
                "weight-error",
                "largest error of a weight as a share of its layer's largest weight",
                numbers,
                weightErrors,
                result,
                notes);
        line(
                "output-change",
                "largest change of the output as a share of its largest value",
                numbers,
                changes,
                result,
                notes);
        Measurement measurement = new Measurement(measured.ticket(), KIND, settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
            return;
        }
        table(
                "Sums of samples for " + measured.ticket().label(),
                List.of("samples"),
                names,
                List.of("weights", "kept", "log10 weight error", "log10 output change", "accuracy %"),
                values,
                notes);
    }

    private static void line(
            String member,
            String words,
            List<Integer> numbers,
            List<Double> errors,
            Map<String, Object> result,
            List<String> notes) {
        SampledConvolutions.Line.through(numbers, errors).ifPresent(line -> {
            result.put(member + "-line", Map.of("slope", line.slope(), "fit", line.fit()));
            notes.add(String.format(
                    Locale.ROOT,
                    "%s: log10 falls by %.3f with each sample, R^2 %.3f",
                    words,
                    -line.slope(),
                    line.fit()));
        });
    }

    private void table(
            String title,
            List<String> head,
            List<List<String>> names,
            List<String> columns,
            List<List<String>> values,
            List<String> notes) {
        Table table = new Table(
                title, new Table.Block("", head, names, true), List.of(new Table.Block("", columns, values)), notes);
        console.out().print(TextTable.of(table, console.resultWidth()));
    }
}
