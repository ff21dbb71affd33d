package org.espalier.cli;

import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.StandardError;

/** Where {@code espalier} starts. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the virtual machine with its exit code (see {@link ExitCode}). */
    public static void main(String[] arguments) {
        StandardError.restore();
        Console console = Console.system();
        int code = new Cli(console).run(arguments);
        System.exit(code);
    }
}
