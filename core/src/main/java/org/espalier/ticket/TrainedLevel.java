package org.espalier.ticket;

import java.util.List;
import org.espalier.evaluate.Measurement;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A level of a search after its training.
 *
 * @param level the level as its training began: number, start weights and mask
 * @param trained weights after the last update; zero where pruned
 * @param measurements made during the level's training, in order; empty if nothing was measured
 */
public record TrainedLevel(Level level, Weights trained, List<Measurement> measurements) {
    /** Copies the list. */
    public TrainedLevel {
        measurements = List.copyOf(measurements);
    }

    /** The weights that survive. */
    public Mask mask() {
        return level.mask();
    }
}
