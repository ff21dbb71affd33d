package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.evaluate.corrupt.ColourCorruption;
import org.espalier.evaluate.corrupt.CorruptedImages;
import org.espalier.evaluate.corrupt.Corruption;
import org.espalier.evaluate.corrupt.GreyCorruption;
import org.espalier.evaluate.measure.CalibrationMeter;
import org.espalier.lab.experiment.Names;
import org.espalier.random.Stream;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier corrupt}: measures the accuracy of tickets on corrupted images, and stores it. */
@Command(
        name = "corrupt",
        description =
                "Measure the accuracy of tickets on corrupted test images, in the style of MNIST-C or CIFAR-10-C.",
        footer = {"", "Example:", "  espalier corrupt runs/quick --all-levels"})
final class CorruptCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Number of test images to corrupt, from the start (default: 1000, or all if fewer).")
    private Optional<Integer> images;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the corruptions' draws (default: 1).")
    private long seed = 1;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    CorruptCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new CorruptCommand(console));
        }
    }

    /** Accuracies of one ticket: right images by corruption, and the mean over those that count. */
    private record Accuracies(String label, int images, Map<String, Integer> correct, double mean) {
        /** Shares of right images; those of colour corruptions are means over their severities. */
        Map<String, Double> columns() {
            return correct.entrySet().stream()
                    .collect(Collectors.groupingBy(
                            entry -> entry.getKey().replaceAll("-[1-5]$", ""),
                            LinkedHashMap::new,
                            Collectors.averagingDouble(entry -> (double) entry.getValue() / images)));
        }
    }

    @Override
    public Integer call() {
        // Grey and coloured data sets have other corruptions, and so tables of their own.
        Map<Set<String>, List<Accuracies>> tables = new LinkedHashMap<>();
        for (MeasuredTickets.Measured ticket :
                MeasuredTickets.of(ticketOptions.tickets(given), images, 1000, console)) {
            Accuracies found = measure(ticket);
            tables.computeIfAbsent(found.correct().keySet(), _ -> new ArrayList<>())
                    .add(found);
        }
        if (!json) {
            tables.values().forEach(this::show);
        }
        return ExitCode.DONE;
    }

    private Accuracies measure(MeasuredTickets.Measured ticket) {
        List<? extends Corruption> corruptions = corruptions(ticket.split().shape(), ticket);
        Stream stream = Stream.root(seed).child("corruption");
        int[] correct = new int[corruptions.size()];
        int threads = Math.min(correct.length, Runtime.getRuntime().availableProcessors());
        // A corruption's images do not depend on the thread that makes them.
        IntStream.range(0, threads).parallel().forEach(thread -> {
            CalibrationMeter meter = new CalibrationMeter(ticket.engine());
            for (int c = thread; c < correct.length; c += threads) {
                Split split = CorruptedImages.of(ticket.split(), ticket.images(), corruptions.get(c), stream);
                correct[c] = meter.measure(split, ticket.images(), Optional.empty(), stream)
                        .correct();
            }
        });
        Map<String, Integer> found = new LinkedHashMap<>();
        double sum = 0;
        int counted = 0;
        for (int c = 0; c < correct.length; c++) {
            found.put(corruptions.get(c).word(), correct[c]);
            if (counts(corruptions.get(c))) {
                sum += correct[c];
                counted++;
            }
        }
        double mean = sum / counted / ticket.images();
        Map<String, Object> settings = ticket.settings();
        settings.put("corruptions", style(ticket.split().shape()));
        settings.put("seed", seed);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("mean", mean);
        result.put("correct", found);
        Measurement measurement = new Measurement(ticket.ticket(), "corruption", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
        }
        return new Accuracies(ticket.ticket().label(), ticket.images(), found, mean);
    }

    private static boolean grey(ImageShape shape) {
        return shape.equals(new ImageShape(GreyCorruption.SIDE, GreyCorruption.SIDE, 1));
    }

    private static String style(ImageShape shape) {
        return grey(shape) ? "mnist-c-style" : "cifar-10-c-style-2"; // 2: with snow, elastic and JPEG in the mean
    }

    private static List<? extends Corruption> corruptions(ImageShape shape, MeasuredTickets.Measured ticket) {
        if (grey(shape)) {
            return List.of(GreyCorruption.values());
        } else if (shape.equals(new ImageShape(ColourCorruption.SIDE, ColourCorruption.SIDE, 3))) {
            return ColourCorruption.all();
        }
        throw new UserException("data set " + ticket.ticket().data().name() + " has images of " + shape
                + ", expected 28 x 28 grey pixels or 32 x 32 pixels of three colours to corrupt");
    }

    private static boolean counts(Corruption corruption) {
        return corruption instanceof ColourCorruption colour ? colour.counted() : corruption != GreyCorruption.IDENTITY;
    }

    /** A row for each ticket. */
    private void show(List<Accuracies> all) {
        List<String> headings = new ArrayList<>(List.of("mean"));
        headings.addAll(all.getFirst().columns().keySet());
        Table table = new Table(
                "Accuracy on corrupted test images, %",
                new Table.Block(
                        "",
                        List.of("ticket"),
                        all.stream().map(each -> List.of(each.label())).toList(),
                        true),
                List.of(new Table.Block(
                        "",
                        headings,
                        all.stream()
                                .map(each -> {
                                    List<String> row = new ArrayList<>(List.of(percent(each.mean())));
                                    each.columns().values().forEach(share -> row.add(percent(share)));
                                    return row;
                                })
                                .toList())),
                List.of("first " + all.getFirst().images()
                        + " test " + Names.noun(all.getFirst().images(), "image")
                        + "; the identity is the clean accuracy and not in the"
                        + " mean. The images are Espalier's own, in the published style: compare them among"
                        + " themselves only."));
        console.out().print(TextTable.of(table, console.resultWidth()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
