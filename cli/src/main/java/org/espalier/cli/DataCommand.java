package org.espalier.cli;

import java.util.function.Supplier;
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
        description = "List, fetch and check data sets.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Fetched files are kept in $ESPALIER_CACHE, $XDG_CACHE_HOME/espalier or ~/.cache/espalier."})
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    private DataCommand() {}

    /** The command with its subcommands. */
    static CommandLine line(Console console, Supplier<DataSets> dataSets) {
        return new CommandLine(new DataCommand())
                .addSubcommand(new DataListCommand(console, dataSets))
                .addSubcommand(new DataFetchCommand(console, dataSets))
                .addSubcommand(new DataVerifyCommand(console, dataSets))
                .addSubcommand(new DataPathCommand(console, dataSets));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
