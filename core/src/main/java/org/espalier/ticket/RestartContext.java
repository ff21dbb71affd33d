package org.espalier.ticket;

import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Weights;

/**
 * The inputs of a restart.
 *
 * @param distribution of initial weights
 * @param level number of the level to start, at least 1
 * @param trained the weights after the training of the level before; not to be written to
 * @param dense the outcome of level 0, with a snapshot if {@link Restart#snapshot} requires one; not to be written to
 * @param given initial weights of level 0 where they were not drawn; not to be written to
 */
public record RestartContext(
        Architecture architecture,
        InitialWeights distribution,
        Trial trial,
        int level,
        Weights trained,
        LevelOutcome dense,
        Optional<Weights> given) {
    /** The inputs where initial weights were drawn. */
    public RestartContext(
            Architecture architecture,
            InitialWeights distribution,
            Trial trial,
            int level,
            Weights trained,
            LevelOutcome dense) {
        this(architecture, distribution, trial, level, trained, dense, Optional.empty());
    }

    /** The weights that level 0 began with, as a copy. */
    public Weights initial() {
        return given.map(Weights::copy).orElseGet(() -> trial.initialWeights(architecture, distribution));
    }
}
