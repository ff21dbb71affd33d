package org.espalier.ticket;

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
 */
public record RestartContext(
        Architecture architecture,
        InitialWeights distribution,
        Trial trial,
        int level,
        Weights trained,
        LevelOutcome dense) {}
