package org.espalier.cli;

import org.espalier.cli.console.Console;
import org.espalier.cli.console.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code espalier version}. */
@Command(name = "version", description = "Show the version of Espalier and of Java.")
final class VersionCommand implements Runnable {
    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new VersionCommand(console));
        }
    }

    @Override
    public void run() {
        for (String line : new Version().getVersion()) {
            console.out().println(line);
        }
    }
}
