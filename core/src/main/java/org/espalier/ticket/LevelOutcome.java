package org.espalier.ticket;

import java.util.List;
import org.espalier.evaluate.Measurement;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The result of training one level.
 *
 * @param trained weights after the last update
 * @param snapshot the dense level's weights after {@link TicketSearch#snapshotIteration} updates; null if the search
 *     needs none
 * @param measurements made during the level's training, in order; empty if nothing was measured
 */
public record LevelOutcome(Weights trained, @Nullable Weights snapshot, List<Measurement> measurements) {
    /** Copies the list. */
    public LevelOutcome {
        measurements = List.copyOf(measurements);
    }

    /** An outcome without measurements. */
    public LevelOutcome(Weights trained, @Nullable Weights snapshot) {
        this(trained, snapshot, List.of());
    }
}
