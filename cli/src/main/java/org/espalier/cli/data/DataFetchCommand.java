package org.espalier.cli.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.catalogue.FoundDataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier data fetch NAME}. */
@Command(
        name = "fetch",
        description = {
            "Download a data set if it is not on this machine, and print its directory.",
            "Sources are tried in order. Every file is checked against its published SHA-256 before it is stored."
        })
final class DataFetchCommand implements Runnable {
    private final Console console;
    private final Supplier<DataSets> dataSets;

    @Parameters(paramLabel = "NAME", description = "Name of the data set (see espalier data list).")
    private String name;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "Write the files to this directory instead of the cache. Wrong files in it are an error; they are not replaced.")
    private Optional<Path> directory = Optional.empty();

    @SuppressWarnings("NullAway.Init")
    DataFetchCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        try (DataProgressLines progress = DataProgressLines.on(console)) {
            FoundDataSet found = dataSets.get().fetch(name, directory, progress);
            console.err().println(found.dataSet() + " (from " + found.source() + ", checked)");
            console.out().println(found.directory().orElseThrow().toAbsolutePath());
        }
    }
}
