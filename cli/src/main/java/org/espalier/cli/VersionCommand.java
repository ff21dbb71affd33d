package org.espalier.cli;

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
