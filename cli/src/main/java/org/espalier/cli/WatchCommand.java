package org.espalier.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Interruption;
import org.espalier.report.watch.WatchServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier watch DIR}: serves a page that shows a search as it runs. */
@Command(
        name = "watch",
        description = "Show a running search on a live page in the browser.",
        footer = {"", "Ctrl-C stops the page; the search continues."})
final class WatchCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65_535;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            description = "Directory of a search, which may start later, or a directory of several searches.")
    private Path directory;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the page; 0 means any free port (default: " + WatchServer.USUAL_PORT
                    + ", or any free port if it is taken).")
    private Optional<Integer> port;

    @Option(names = "--open", description = "Open the page in the browser.")
    private boolean open;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    WatchCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new WatchCommand(console));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        port.filter(n -> n < 0 || n > LAST_PORT).ifPresent(n -> {
            throw new ParameterException(
                    spec.commandLine(), "--port is " + n + ", expected a number from 0 to " + LAST_PORT);
        });
        var ended = new CountDownLatch(1);
        try (Interruption _ = Interruption.expect(ended::countDown);
                WatchServer server = WatchServer.start(directory, port)) {
            console.out().println(directory + " is shown at " + server.address() + " (Ctrl-C ends it)");
            console.out().flush();
            if (!Files.isDirectory(directory)) {
                console.err().println(directory + " does not exist yet; the page shows the search when it starts");
            }
            if (open) {
                browse(server.address());
            }
            ended.await();
        }
        return ExitCode.DONE;
    }

    private void browse(URI address) {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
        try {
            new ProcessBuilder(mac ? "open" : "xdg-open", address.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            console.complain("no browser could be started: " + e.getMessage() + "; open the page yourself");
        }
    }
}
