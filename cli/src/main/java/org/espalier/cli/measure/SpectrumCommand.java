package org.espalier.cli.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.evaluate.measure.SingularValues;
import org.espalier.lab.file.Json;
import org.espalier.lab.tickets.Ticket;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier spectrum}: measures the singular values of tickets' layers, and stores them. */
@Command(
        name = "spectrum",
        description = "Measure singular values and condition numbers of the layers of tickets, pruned weights as 0.",
        footer = {"", "Example:", "  espalier spectrum runs/quick --all-levels"})
final class SpectrumCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--json", description = "Print results as JSON, one line per ticket.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    SpectrumCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new SpectrumCommand(console));
        }
    }

    @Override
    public Integer call() {
        List<List<String>> names = new ArrayList<>();
        List<List<String>> values = new ArrayList<>();
        ticketOptions.tickets(given).forEach(ticket -> measure(ticket, names, values));
        if (!json) {
            console.out()
                    .print(TextTable.of(
                            new Table(
                                    "Singular values of layers",
                                    new Table.Block("", List.of("ticket", "layer"), names, true),
                                    List.of(new Table.Block(
                                            "",
                                            List.of(
                                                    "matrix",
                                                    "live",
                                                    "largest",
                                                    "smallest live",
                                                    "condition",
                                                    "norm <="),
                                            values)),
                                    List.of(
                                            "A convolution's matrix is its kernel reshaped to outputs x (inputs x rows x"
                                                    + " columns), and its values are not those of the linear map. norm <=: bound of"
                                                    + " the norm of the layer's linear map in L2.",
                                            "live: rows or columns of the shorter side with a weight other than 0; the others have"
                                                    + " singular values of 0, which the condition number leaves out.")),
                            console.width()));
        }
        return ExitCode.DONE;
    }

    private void measure(Ticket ticket, List<List<String>> names, List<List<String>> values) {
        Mask mask = ticket.network().mask();
        Architecture architecture = mask.architecture();
        List<Object> layers = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            SingularValues found = SingularValues.of(ticket.network().weights(), mask, layer);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("layer", architecture.node(layer));
            entry.put("matrix", architecture.convolution(layer) ? "reshaped-kernel" : "weight");
            entry.put("live", found.live());
            entry.put("condition", found.condition());
            entry.put("norm-bound", found.mapBound());
            entry.put("values", Arrays.stream(found.values()).boxed().toList());
            layers.add(entry);
            names.add(List.of(ticket.label(), architecture.node(layer)));
            int rows = architecture.outputs(layer);
            values.add(List.of(
                    rows + " x " + architecture.weights(layer) / rows,
                    Integer.toString(found.live()),
                    number(found.largest()),
                    found.live() == 0 ? "-" : number(found.values()[found.live() - 1]),
                    Double.isNaN(found.condition())
                            ? "-"
                            : Double.isInfinite(found.condition()) ? "infinite" : number(found.condition()),
                    number(found.mapBound())));
        }
        var measurement =
                new Measurement(ticket, "spectrum", Map.of("network", ticket.digest()), Map.of("layers", layers));
        measurement.write();
        if (json) {
            Map<String, Object> line = measurement.origin();
            line.putAll(measurement.result());
            console.out().println(Json.write(line));
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
