package org.espalier.cli.progress;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.espalier.cli.console.Console;
import org.espalier.data.DataProgress;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a data set is found: one line on each source that fails or takes time, and a bar while bytes arrive on a
 * terminal. All of it goes to the error output.
 */
public class DataProgressLines implements DataProgress, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    final Console console;

    private DataProgressLines(Console console) {
        this.console = console;
    }

    /** For a terminal with a bar, else lines alone. */
    public static DataProgressLines on(Console console) {
        return console.terminal() ? new Bars(console) : new DataProgressLines(console);
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
    public void close() {}

    /** With a bar for each transfer. */
    private static final class Bars extends DataProgressLines {
        private @Nullable ProgressBar bar;
        private String shown = "";

        Bars(Console console) {
            super(console);
        }

        @Override
        public void transferred(String file, long bytes, long total) {
            ProgressBar running = bar;
            if (running == null || !shown.equals(file)) {
                close();
                running = new ProgressBarBuilder()
                        .setTaskName(file)
                        .setInitialMax(total)
                        .setUnit(" MB", MEGABYTE)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .setConsumer(new ConsoleProgressBarConsumer(console.err(), Console.DEFAULT_WIDTH))
                        .build();
                bar = running;
                shown = file;
            }
            running.maxHint(total);
            running.stepTo(bytes);
        }

        @Override
        public void transferEnded(String file) {
            close();
        }

        @Override
        public void close() {
            ProgressBar running = bar;
            bar = null;
            if (running != null) {
                running.close();
            }
        }
    }
}
