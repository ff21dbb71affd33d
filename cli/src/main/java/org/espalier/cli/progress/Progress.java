package org.espalier.cli.progress;

/** Shows a board while a search runs. */
interface Progress extends AutoCloseable {
    /** Shows one permanent line above the moving part. */
    void say(String line);

    /** Ends the display; the lines stay. */
    @Override
    void close();
}
