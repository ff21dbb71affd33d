package org.espalier.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.campaigns.fuzz.FuzzTarget;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.UsageError;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Command lines, one argument a line. They are parsed, not run; a wrong one is described in one line. */
public final class CommandLineReader implements FuzzTarget.Reader {
    private final CommandLine line = new Cli(new Console(
                    OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), StandardCharsets.UTF_8, false))
            .commandLine();

    @Override
    public void read(byte[] input) {
        String[] arguments = new String(input, StandardCharsets.UTF_8).split("\n", -1);
        for (String argument : arguments) {
            if (argument.startsWith("@")) {
                return; // picocli reads the file of that name
            }
        }
        try {
            line.parseArgs(arguments);
        } catch (ParameterException e) {
            if (UsageError.describe(e).isBlank()) {
                throw new AssertionError("a wrong command line without a reason", e);
            }
        }
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                bytes("run\nquick\n--trials\n3\n--set\ntraining.iterations=20\n--jobs\n2\n--kernels\ndense"),
                bytes("certify\nDIR\n--epsilons\n0.1,0.2\n--method=exact\n--all-levels"),
                bytes("evaluate\nDIR\n--norm\nl2\n--seed\n5\n--images\n10"),
                bytes("report\na\nb\n--confidence\n99\n--out\nx"),
                bytes("data\nfetch\ndigits\n--directory\nx"),
                bytes("watch\nDIR\n--port\n0"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
