package org.espalier.lab.store;

import org.espalier.train.TrainingState;

/**
 * Where to continue a level from.
 *
 * @param state weights, moments and updates done
 * @param metricsBytes length of the level's metrics file by then; what follows is measured again
 */
public record Checkpoint(TrainingState state, long metricsBytes) {}
