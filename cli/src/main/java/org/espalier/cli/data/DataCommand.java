package org.espalier.cli.data;

import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.data.catalogue.DataSets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espalier data}: the commands about data sets. */
@Command(
        name = "data",
        description = "List, fetch, import, check and remove data sets.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Downloaded files are stored in $ESPALIER_CACHE, $XDG_CACHE_HOME/espalier or ~/.cache/espalier."})
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    private DataCommand() {}

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new DataCommand())
                    .addSubcommand(new DataListCommand(console, DataSets::standard))
                    .addSubcommand(new DataFetchCommand(console, DataSets::standard))
                    .addSubcommand(new DataImportCommand(console, DataSets::standard))
                    .addSubcommand(new DataRemoveCommand(console, DataSets::standard))
                    .addSubcommand(new DataVerifyCommand(console, DataSets::standard))
                    .addSubcommand(new DataPathCommand(console, DataSets::standard));
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
