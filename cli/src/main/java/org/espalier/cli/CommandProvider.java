package org.espalier.cli;

import org.espalier.cli.console.Console;
import picocli.CommandLine;

/**
 * A command of {@code espalier}. Every command, built in or added, is registered by one line in
 * {@code META-INF/services/org.espalier.cli.CommandProvider}; {@code espalier --help} and the reference page list commands
 * in the order of these lines.
 *
 * <p>Implementations have a public constructor without parameters.
 */
@FunctionalInterface
public interface CommandProvider {
    /**
     * Makes the command: an object with picocli's annotations that implements {@link Runnable} or
     * {@link java.util.concurrent.Callable} of the exit code, wrapped in a {@link CommandLine}. The options {@code --help}
     * and {@code --debug} are added to it. A {@link org.espalier.UserException} that it throws is shown as one line, with
     * exit code 1.
     *
     * @param console output for results, error output for everything else
     */
    CommandLine command(Console console);
}
