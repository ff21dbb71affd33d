package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.espalier.cli.console.Console;
import picocli.CommandLine;

/**
 * The answer of one command line that runs within the test's process.
 *
 * @param code exit code
 * @param out standard output
 * @param err error output
 */
public record CommandLineRun(int code, String out, String err) {
    /** Runs one command line. */
    public static CommandLineRun of(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Cli(new Console(out, err, StandardCharsets.UTF_8, false)).run(arguments);
        return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs one command line that has to end with exit code 0. */
    public static CommandLineRun done(String... arguments) {
        CommandLineRun run = of(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    /** The whole command line, to be parsed only. */
    public static CommandLine commandLine() {
        return new Cli(console()).commandLine();
    }

    /** A console that drops all output. */
    public static Console console() {
        return new Console(
                OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), StandardCharsets.UTF_8, false);
    }
}
