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

/** {@code espalier data verify NAME}. */
@Command(
        name = "verify",
        description = {
            "Print the SHA-256 of the uncompressed files of a data set on this machine.",
            "A missing, malformed or unpublished file is an error. Nothing is downloaded."
        })
final class DataVerifyCommand implements Runnable {
    private final Console console;
    private final Supplier<DataSets> dataSets;

    @Parameters(
            paramLabel = "NAME",
            description = "Name of the data set (see espalier data list), or another name for your own files in DIR.")
    private String name;

    @Option(names = "--directory", paramLabel = "DIR", description = "Check the files in this directory.")
    private Optional<Path> directory = Optional.empty();

    @SuppressWarnings("NullAway.Init")
    DataVerifyCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        try (DataProgressLines progress = DataProgressLines.on(console)) {
            FoundDataSet found = dataSets.get().findHere(name, directory, progress);
            for (String file : found.files()) {
                console.out().println(found.dataSet().digests().get(file) + "  " + found.file(file));
            }
            String published = dataSets.get().names().contains(name)
                    ? ", as published"
                    : found.files().contains("SHA256SUMS") ? ", as imported" : ", your own";
            console.out().println(found.dataSet() + published);
        }
    }
}
