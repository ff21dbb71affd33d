package org.espalier.lab.store;

import org.espalier.network.Mask;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.MaskState;

/**
 * Where to continue a level from.
 *
 * @param state weights, moments and updates done
 * @param mask the weights that survive then
 * @param maskState what a rule that changes the mask carries; empty for other training
 * @param metricsBytes length of the level's metrics file by then; what follows is measured again
 */
public record Checkpoint(TrainingState state, Mask mask, MaskState maskState, long metricsBytes) {}
