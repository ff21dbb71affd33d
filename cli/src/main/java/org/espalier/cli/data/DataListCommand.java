package org.espalier.cli.data;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.data.DataDetails;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.catalogue.ListedDataSet;
import picocli.CommandLine.Command;

/** {@code espalier data list}. */
@Command(
        name = "list",
        description = {
            "List the known data sets, their directories, and their sources in the order of search;",
            "then the data sets that 'espalier data import' made."
        })
final class DataListCommand implements Runnable {
    private static final int MOST_NAMES = 20;

    private final Console console;
    private final Supplier<DataSets> dataSets;

    DataListCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        PrintStream out = console.out();
        DataSets sets = dataSets.get();
        for (ListedDataSet set : sets.list()) {
            out.println(set.name() + "  " + set.title());
            if (!set.classNames().isEmpty()) {
                out.println("  classes: " + shortened(set.classNames()));
            }
            out.println("  here:    " + set.place().orElse("no (espalier data fetch " + set.name() + ")"));
            out.println("  sources: " + String.join("\n           ", set.sources()));
        }
        for (String name : sets.importedNames()) {
            out.println(name + "  imported");
            try {
                DataDetails details = sets.details(name, Optional.empty());
                if (!details.classNames().isEmpty()) {
                    out.println("  classes: " + shortened(details.classNames()));
                }
            } catch (UserException e) {
                out.println("  damaged: " + e.getMessage());
            }
            out.println("  here:    " + sets.importedDirectory(name).orElseThrow());
        }
    }

    private static String shortened(List<String> all) {
        List<String> names = all.stream().map(DataDetails::listed).toList();
        return names.size() <= MOST_NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMES)) + " and " + (names.size() - MOST_NAMES) + " more";
    }
}
