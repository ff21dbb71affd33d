package org.espalier.cli.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.catalogue.DataSets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier data path NAME}. */
@Command(
        name = "path",
        description = "Print the directory of a data set, after a check of its files. Nothing is downloaded.")
final class DataPathCommand implements Runnable {
    private final Console console;
    private final Supplier<DataSets> dataSets;

    @Parameters(paramLabel = "NAME", description = "Name of the data set (see espalier data list).")
    private String name;

    @Option(names = "--directory", paramLabel = "DIR", description = "Search only this directory.")
    private Optional<Path> directory = Optional.empty();

    @SuppressWarnings("NullAway.Init")
    DataPathCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        try (DataProgressLines progress = DataProgressLines.on(console)) {
            Path path = dataSets.get()
                    .findHere(name, directory, progress)
                    .directory()
                    .orElseThrow(() ->
                            new UserException("data set " + name + " is bundled with espalier: expected its files in"
                                    + " a directory, found none ('espalier data fetch " + name
                                    + "' writes them to the cache)"));
            console.out().println(path.toAbsolutePath());
        }
    }
}
