package org.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.espalier.cli.console.Console;

/** What one command line answered, run within the test's process. */
record CommandLineRun(int code, String out, String err) {
    static CommandLineRun of(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Cli(new Console(out, err, StandardCharsets.UTF_8, false)).run(arguments);
        return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
