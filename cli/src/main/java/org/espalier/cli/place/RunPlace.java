package org.espalier.cli.place;

import java.util.List;
import org.espalier.lab.cluster.PartWorker;
import org.espalier.lab.runner.Elsewhere;
import org.espalier.lab.runner.LevelWork;

/**
 * A place that {@code espalier run --on NAME} trains on, and that evaluates and certifies. It is registered by one line in
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

    /** Trains one search, and evaluates and certifies its levels. */
    interface Connection extends Elsewhere, AutoCloseable {
        /**
         * Has parts of evaluations or certificates made there, and makes the whole of them in the search's directory. Progress
         * comes on the caller's thread.
         *
         * @param search planned; levels of its directory are sent to the shared store where it lacks them
         * @param works several may have the same folder, and are the same then
         * @return whether all is whole; false after {@link #stop}
         * @throws org.espalier.UserException if parts cannot be made or brought here. What is made stays
         */
        boolean make(LevelWork search, List<PlacedWork> works, PartWorker.Observer observer);

        @Override
        void close();
    }
}
