package org.espalier.cli.console;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Where messages of {@link System.Logger} go: warnings and worse as one line each on the error output, all with
 * {@code --debug}. The JDK's own logging carries them, with no library added.
 */
public final class Logging {
    /** Held, because the log manager drops loggers without a reference. */
    private static final Logger ROOT = Logger.getLogger("");

    private Logging() {}

    /** Sends messages to a console; replaces what was set before. */
    public static void to(Console console, boolean debug) {
        LogManager.getLogManager().reset();
        ROOT.setLevel(debug ? Level.FINE : Level.WARNING);
        ROOT.addHandler(new Handler() {
            @Override
            public void publish(LogRecord message) {
                if (isLoggable(message)) {
                    console.complain(new SimpleFormatter().formatMessage(message));
                    if (debug && message.getThrown() != null) {
                        message.getThrown().printStackTrace(console.err());
                    }
                }
            }

            @Override
            public void flush() {
                console.err().flush();
            }

            @Override
            public void close() {}
        });
    }
}
