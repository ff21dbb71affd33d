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
import org.espalier.lab.experiment.Names;
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

    /** Accuracies of one ticket: shares of right images by kind of corruption, and the mean over those that count. */
    private record Accuracies(String label, int images, Map<String, Double> columns, double mean) {}

    @Override
    public Integer call() {
        // Grey and coloured data sets have other corruptions, and so tables of their own; so have those of fewer
        // images.
        Map<List<Object>, List<Accuracies>> tables = new LinkedHashMap<>();
        for (MeasuredTickets.Measured ticket :
                MeasuredTickets.of(ticketOptions.tickets(given), images, 1000, console)) {
            Accuracies found = measure(ticket);
            tables.computeIfAbsent(List.of(found.columns().keySet(), found.images()), _ -> new ArrayList<>())
                    .add(found);
        }
        if (!json) {
            tables.values().forEach(this::show);
        }
        return ExitCode.DONE;
    }

    private Accuracies measure(MeasuredTickets.Measured ticket) {
        CorruptionSet corruptions = CorruptionSet.of(ticket);
        List<Calibration> found = corruptions.measure(ticket, seed);
        Map<String, Integer> correct = new LinkedHashMap<>();
        for (int c = 0; c < found.size(); c++) {
            correct.put(corruptions.words().get(c), found.get(c).correct());
        }
        double mean = corruptions.mean(found, Calibration::correct) / ticket.images();
        Map<String, Object> settings = ticket.settings();
        settings.put("corruptions", corruptions.style());
        settings.put("seed", seed);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("mean", mean);
        result.put("correct", correct);
        Measurement measurement = new Measurement(ticket.ticket(), "corruption", settings, result);
        measurement.write();
        if (json) {
            console.out().println(measurement.line());
        }
        return new Accuracies(
                ticket.ticket().label(),
                ticket.images(),
                corruptions.byKind(found, each -> (double) each.correct() / each.images()),
                mean);
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
                        + "; the mean leaves out the identity, which is the clean accuracy, and what the published mean leaves"
                        + " out. The images are Espalier's own, in the published style: compare them among"
                        + " themselves only."));
        console.out().print(TextTable.of(table, console.resultWidth()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
