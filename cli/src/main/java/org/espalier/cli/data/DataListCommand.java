package org.espalier.cli.data;

import java.io.PrintStream;
import java.util.function.Supplier;
import org.espalier.cli.console.Console;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.catalogue.ListedDataSet;
import picocli.CommandLine.Command;

/** {@code espalier data list}. */
@Command(
        name = "list",
        description = "List the known data sets, their directories, and their sources in the order of search.")
final class DataListCommand implements Runnable {
    private final Console console;
    private final Supplier<DataSets> dataSets;

    DataListCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        PrintStream out = console.out();
        for (ListedDataSet set : dataSets.get().list()) {
            out.println(set.name() + "  " + set.title());
            if (!set.classNames().isEmpty()) {
                out.println("  classes: " + String.join(", ", set.classNames()));
            }
            out.println("  here:    " + set.place().orElse("no (espalier data fetch " + set.name() + ")"));
            out.println("  sources: " + String.join("\n           ", set.sources()));
        }
    }
}
