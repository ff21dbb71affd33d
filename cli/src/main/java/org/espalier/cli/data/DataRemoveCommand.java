package org.espalier.cli.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.format.ImportedFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code espalier data remove NAME}. */
@Command(
        name = "remove",
        description = "Delete a data set that 'espalier data import' made.",
        footer = {
            "",
            "Searches on it can no longer be continued or evaluated until the same files are imported under this name again."
        })
final class DataRemoveCommand implements Runnable {
    private static final int NAMED = 20;

    private final Console console;
    private final Supplier<DataSets> dataSets;

    @Parameters(paramLabel = "NAME", description = "Name of the data set (see espalier data list).")
    private String name;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    DataRemoveCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        DataSets sets = dataSets.get();
        if (sets.names().contains(name)) {
            throw new UserException("data set " + name
                    + " belongs to Espalier and cannot be removed: expected one that 'espalier data import' made");
        }
        List<String> imported = sets.importedNames();
        Path directory = sets.importedDirectory(name)
                .orElseThrow(() -> new UserException("no data set " + name + " was imported: expected "
                        + (imported.isEmpty()
                                ? "one that 'espalier data import' made, found none"
                                : "one of " + Names.listed(imported, NAMED))));
        ImportedFiles.remove(directory);
        console.out()
                .println("removed: " + name + " (" + directory.toAbsolutePath().normalize() + ")");
    }
}
