package org.espalier.cli.place;

import org.espalier.lab.runner.Elsewhere;

/**
 * A place that {@code espalier run --on NAME} trains on. It is registered by one line in
 * {@code META-INF/services/org.espalier.cli.place.RunPlace} and found on the class path. Implementations have a public
 * constructor without parameters.
 */
public interface RunPlace {
    /** Name after {@code --on}. */
    String name();

    /**
     * Connects to the place.
     *
     * @throws org.espalier.UserException if the place or the shared store cannot be reached, or a setting is wrong. Nothing is
     *     written then
     */
    Connection connect(PlaceRequest request);

    /** Trains one search. */
    interface Connection extends Elsewhere, AutoCloseable {
        @Override
        void close();
    }
}
