package org.espalier.cli;

import org.espalier.cli.console.Console;
import org.espalier.cli.console.Version;
import picocli.CommandLine.Command;

/** {@code espalier version}. */
@Command(name = "version", description = "Show the version of Espalier and of Java.")
final class VersionCommand implements Runnable {
    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        for (String line : new Version().getVersion()) {
            console.out().println(line);
        }
    }
}
