package org.espalier.ticket;

import java.util.OptionalInt;

/** Trains levels, or loads stored ones. */
@FunctionalInterface
public interface LevelRunner {
    /**
     * Trains one level from its start, with fresh optimizer moments and with draws from {@link Trial#level}.
     *
     * @param snapshot if present, {@link LevelOutcome#snapshot} must hold the weights after that many updates
     */
    LevelOutcome run(Level level, OptionalInt snapshot);
}
