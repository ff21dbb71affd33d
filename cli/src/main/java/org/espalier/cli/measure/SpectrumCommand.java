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
import org.espalier.evaluate.measure.ConvolutionMap;
import org.espalier.evaluate.measure.SingularValues;
import org.espalier.evaluate.measure.Sparsity;
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

    @Option(
            names = "--convolutions",
            description =
                    "Also the singular values of the linear maps of convolutions; they take minutes for wide layers.")
    private boolean convolutions;

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
        Maps maps = new Maps(new ArrayList<>(), new ArrayList<>());
        ticketOptions.tickets(given).forEach(ticket -> measure(ticket, names, values, maps));
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
                                                    "norm <=",
                                                    "small %",
                                                    "L1/L2"),
                                            values)),
                                    List.of(
                                            "A convolution's matrix is its kernel reshaped to outputs x (inputs x rows x"
                                                    + " columns), and its values are not those of the linear map. norm <=: bound of"
                                                    + " the norm of the layer's linear map in L2.",
                                            "live: rows or columns of the shorter side with a weight other than 0; the others have"
                                                    + " singular values of 0, which the condition number leaves out.",
                                            "small: weights below 0.001, pruned ones included. L1/L2: sum of |w| over the root of"
                                                    + " the sum of w^2; it is smaller for sparser weights.")),
                            console.resultWidth()));
            if (convolutions) {
                console.out().print(TextTable.of(maps.table(), console.resultWidth()));
            }
        }
        return ExitCode.DONE;
    }

    /** Rows of the table of convolutions. */
    private record Maps(List<List<String>> names, List<List<String>> values) {
        Table table() {
            return new Table(
                    "Singular values of the linear maps of convolutions",
                    new Table.Block("", List.of("ticket", "layer"), names, true),
                    List.of(new Table.Block(
                            "",
                            List.of("image", "live", "largest", "smallest live", "condition", "norm >=", "norm <="),
                            values)),
                    List.of(
                            "Of circular images, where opposite edges meet. live: values that channels with a weight other"
                                    + " than 0 can have.",
                            "norm: of the layer's map on images with zeros around them, between two bounds."));
        }
    }

    private void measure(Ticket ticket, List<List<String>> names, List<List<String>> values, Maps maps) {
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
            Sparsity sparsity = Sparsity.of(ticket.network().weights(), mask, layer);
            entry.put("small", sparsity.small());
            entry.put("l1-l2", sparsity.ratio());
            if (convolutions && architecture.convolution(layer)) {
                entry.put("map", map(ticket, layer, maps));
            }
            layers.add(entry);
            names.add(List.of(ticket.label(), architecture.node(layer)));
            int rows = architecture.outputs(layer);
            values.add(List.of(
                    rows + " x " + architecture.weights(layer) / rows,
                    Integer.toString(found.live()),
                    number(found.largest()),
                    found.live() == 0 ? "-" : number(found.values()[found.live() - 1]),
                    condition(found.condition()),
                    number(found.mapBound()),
                    String.format(Locale.ROOT, "%.2f", 100 * sparsity.small()),
                    Double.isNaN(sparsity.ratio()) ? "-" : number(sparsity.ratio())));
        }
        Map<String, Object> settings = new LinkedHashMap<>(Map.of("network", ticket.digest()));
        if (convolutions) {
            settings.put("convolutions", true);
        }
        var measurement = new Measurement(ticket, "spectrum", settings, Map.of("layers", layers));
        measurement.write();
        if (json) {
            Map<String, Object> line = measurement.origin();
            line.putAll(measurement.result());
            console.out().println(Json.write(line));
        }
    }

    private static Map<String, Object> map(Ticket ticket, int layer, Maps maps) {
        Mask mask = ticket.network().mask();
        ConvolutionMap found = ConvolutionMap.of(ticket.network().weights(), mask, layer);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("rows", found.rows());
        entry.put("columns", found.columns());
        entry.put("live", found.live());
        entry.put("condition", found.condition());
        entry.put("norm-least", found.least());
        entry.put("norm-most", found.most());
        entry.put("values", Arrays.stream(found.values()).boxed().toList());
        maps.names().add(List.of(ticket.label(), mask.architecture().node(layer)));
        maps.values()
                .add(List.of(
                        found.rows() + " x " + found.columns(),
                        Integer.toString(found.live()),
                        number(found.largest()),
                        number(found.smallest()),
                        condition(found.condition()),
                        number(found.least()),
                        number(found.most())));
        return entry;
    }

    private static String condition(double condition) {
        return Double.isNaN(condition) ? "-" : Double.isInfinite(condition) ? "infinite" : number(condition);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
