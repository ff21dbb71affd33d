package org.espalier.cli.progress;

import org.espalier.cli.console.Console;
import org.espalier.cli.console.StatusLine;
import org.espalier.data.DataProgress;

/**
 * Shows how a data set is found, on the error output: a line for each source that fails or takes time and, on a terminal, a
 * bar while bytes arrive.
 */
public final class DataProgressLines implements DataProgress, AutoCloseable {
    private static final long REDRAW_NANOS = 200_000_000;

    private final Console console;
    private final StatusLine status;
    private final ProgressText text;
    private String file = "";
    private long drawn;

    private DataProgressLines(Console console) {
        this.console = console;
        status = new StatusLine(console);
        text = new ProgressText(console.charset().newEncoder().canEncode('█'));
    }

    /** Progress on this console. */
    public static DataProgressLines on(Console console) {
        return new DataProgressLines(console);
    }

    @Override
    public void trying(String dataSet, String source) {
        console.err().println(dataSet + ": fetching from " + source);
    }

    @Override
    public void failed(String dataSet, String source, String reason) {
        console.err().println(dataSet + ": " + source + " failed: " + reason);
    }

    @Override
    public void transferred(String arriving, long bytes, long total) {
        long now = System.nanoTime();
        if (!arriving.equals(file) || now - drawn >= REDRAW_NANOS) {
            file = arriving;
            drawn = now;
            status.show(text.transfer(arriving, bytes, total, status.width()));
        }
    }

    @Override
    public void transferEnded(String ended) {
        close();
    }

    @Override
    public void close() {
        status.close();
        file = "";
    }
}
