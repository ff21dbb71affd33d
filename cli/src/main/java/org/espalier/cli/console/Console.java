package org.espalier.cli.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.espalier.report.format.TextTable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * The streams of a command: results go to the output; progress, warnings and errors go to the error output, so that
 * {@code espalier report DIR > file} holds the result alone. Control characters in text do not reach the terminal.
 */
public final class Console {
    /** Characters in a line without a terminal. */
    public static final int DEFAULT_WIDTH = 100;

    private final CheckedOutput checked;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    /**
     * A console over two streams.
     *
     * @param terminal whether both are shown on a terminal
     */
    public Console(OutputStream out, OutputStream err, Charset charset, boolean terminal) {
        this.checked = new CheckedOutput(out);
        this.out = new CleanOutput(new BufferedOutputStream(checked), false, charset);
        this.err = new CleanOutput(err, true, charset);
        this.terminal = terminal;
    }

    /** The process's own streams. */
    public static Console system() {
        java.io.Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        Charset charset = System.getProperty("stdout.encoding") instanceof String name && Charset.isSupported(name)
                ? Charset.forName(name)
                : StandardCharsets.UTF_8;
        return new Console(
                new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), charset, terminal);
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /** Whether a person watches: input and output are a terminal. */
    public boolean terminal() {
        return terminal;
    }

    /**
     * What characters the output can show: on a terminal the locale's encoding, which is the terminal's, while Java may
     * use another one.
     */
    public Charset charset() {
        String locale = System.getProperty("native.encoding", "US-ASCII");
        return terminal && Charset.isSupported(locale) ? Charset.forName(locale) : out.charset();
    }

    /** Characters in a line: the terminal's, else {@value #DEFAULT_WIDTH}. */
    public int width() {
        if (!terminal) {
            return DEFAULT_WIDTH;
        }
        try (Terminal system = TerminalBuilder.builder()
                .system(true)
                .dumb(true)
                .nativeSignals(false)
                .build()) {
            int columns = system.getSize().getColumns();
            return columns > 0 ? columns : DEFAULT_WIDTH;
        } catch (IOException e) {
            return DEFAULT_WIDTH;
        }
    }

    /** Characters in a line of results: the terminal's; without one, lines of tables have any length. */
    public int resultWidth() {
        return terminal ? width() : TextTable.UNLIMITED;
    }

    /** What failed while the output was written. */
    public CheckedOutput written() {
        out.flush();
        return checked;
    }

    /** Prints one line about what went wrong. Line feeds in it are shown as blanks: one fault, one line. */
    public void complain(String message) {
        out.flush();
        err.println("espalier: " + message.replaceAll("\\s*\\R\\s*", " "));
    }
}
