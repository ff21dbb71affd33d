package org.espalier.ticket;

import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A trained level.
 *
 * @param trained weights after the last update
 * @param snapshot weights after as many updates as {@link TicketSearch#snapshotIteration} asks of the dense level;
 *     null where none was asked for
 */
public record LevelOutcome(Weights trained, @Nullable Weights snapshot) {}
