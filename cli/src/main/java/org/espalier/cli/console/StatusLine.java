package org.espalier.cli.console;

/**
 * One line on a terminal's error output that each new text replaces. Without a terminal it shows nothing, so that logs and
 * pipes get no control characters.
 */
public final class StatusLine implements AutoCloseable {
    private static final int LEAST_WIDTH = 20;

    private final Console console;
    private final int width;
    private boolean shown;

    /** A line on this console; empty until the first text. */
    public StatusLine(Console console) {
        this.console = console;
        // A text as wide as the terminal would move the cursor to the next line.
        width = Math.max(LEAST_WIDTH, console.width() - 1);
    }

    /** Most characters of a text. */
    public int width() {
        return width;
    }

    /** Replaces the text; cuts it to the width. */
    public void show(String text) {
        if (console.terminal()) {
            String fitting = text.substring(0, Math.min(width, text.length()));
            String line = "\r" + CleanOutput.clean(fitting) + " ".repeat(width - fitting.length()) + "\r";
            console.err().writeBytes(line.getBytes(console.err().charset())); // as bytes, with its control characters
            console.err().flush();
            shown = true;
        }
    }

    /** Clears the line. */
    @Override
    public void close() {
        if (shown) {
            show("");
            shown = false;
        }
    }
}
