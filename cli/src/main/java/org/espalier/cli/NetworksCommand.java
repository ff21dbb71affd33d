package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.network.LayerList;
import org.espalier.lab.network.NetworkInput;
import org.espalier.lab.network.NetworkSize;
import org.espalier.network.Graph;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.report.format.TextTable;
import org.espalier.report.notation.Numbers;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier networks}: the networks that experiments can name, and how large they are for a data set. */
@Command(
        name = "networks",
        description = "List the networks that experiments can name, with weights and multiply-adds for a data set.",
        footer = {"", "To change a network, start from its list of layers: espalier networks show cnn-small > mine.yaml"
        })
final class NetworksCommand implements Runnable {
    private final Console console;

    @Mixin
    private DataOptions data = new DataOptions();

    NetworksCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new NetworksCommand(console)).addSubcommand(new Show(console));
        }
    }

    /** The data set that networks are sized for. */
    static final class DataOptions {
        @Option(names = "--data", paramLabel = "NAME", description = "Data set (default: digits).")
        private String name = "digits";

        @Option(
                names = "--data-directory",
                paramLabel = "DIR",
                description = "Directory with the files of that data set.")
        private Optional<Path> directory = Optional.empty();

        private DataSet load(Console console) {
            try (DataProgressLines lines = DataProgressLines.on(console)) {
                return DataSets.load(name, directory, lines);
            }
        }
    }

    private static Shape image(DataSet set) {
        return NetworkInput.of(set);
    }

    @Override
    public void run() {
        DataSet set = data.load(console);
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> sizes = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        NamedNetworks.all().forEach((name, about) -> {
            keys.add(List.of(name));
            try {
                NetworkSize size = NetworkSize.of(NamedNetworks.graph(name, image(set), set.classes()));
                sizes.add(List.of(
                        Numbers.count(size.weights()),
                        Numbers.count(size.multiplyAdds()),
                        Numbers.count(size.values())));
            } catch (IllegalArgumentException e) {
                sizes.add(List.of("-", "-", "-"));
                notes.add(e.getMessage());
            }
        });
        Table table = new Table(
                "Networks for images of " + image(set) + " (channels x rows x columns) and " + set.classes()
                        + " classes, data set " + set.name(),
                new Table.Block("", List.of("network"), keys, true),
                List.of(new Table.Block("", List.of("weights", "multiply-adds", "values"), sizes, false)),
                notes);
        console.out().print(TextTable.of(table, console.resultWidth()));
        console.out().println();
        int width = NamedNetworks.all().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        for (Map.Entry<String, String> entry : NamedNetworks.all().entrySet()) {
            console.out()
                    .println(entry.getKey() + " ".repeat(width - entry.getKey().length()) + "  " + entry.getValue());
        }
    }

    @Command(name = "show", description = "Print a network as a list of layers for an experiment file.")
    private static final class Show implements Runnable {
        private final Console console;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "NETWORK", description = "A network's name.")
        private String name;

        @Mixin
        private DataOptions data = new DataOptions();

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
        Show(Console console) {
            this.console = console;
        }

        @Override
        public void run() {
            if (!NamedNetworks.all().containsKey(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no network '" + name + "'"
                                + Names.nearest(name, NamedNetworks.all().keySet())
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse("; 'espalier networks' lists the networks"));
            }
            DataSet set = data.load(console);
            Graph graph;
            try {
                graph = NamedNetworks.graph(name, image(set), set.classes());
            } catch (IllegalArgumentException e) {
                throw new UserException("data set " + set.name() + ": " + e.getMessage(), e);
            }
            console.out().print(ExperimentFile.write(LayerList.of(graph)));
        }
    }
}
