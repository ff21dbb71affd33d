package org.espalier.cli.reproduce;

import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code espalier reproduce}: what was published, made again. */
@Command(
        name = "reproduce",
        description = "Make published results again.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n")
final class ReproduceCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // Picocli sets the field.
    private ReproduceCommand() {}

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new ReproduceCommand()).addSubcommand(new ReproducePaperCommand(console));
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
