package org.espalier.cli.progress;

/** Shows a board while a search runs. */
interface Progress extends AutoCloseable {
    /** Shows one line for good, above whatever moves. */
    void say(String line);

    /** Ends the show; what was said stays. */
    @Override
    void close();
}
