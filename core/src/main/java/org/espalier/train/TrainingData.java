package org.espalier.train;

import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/**
 * What a level trains on, for objectives that need more than the batch of an update.
 *
 * @param training all training images
 * @param validation images that training does not see and that may guide it; empty if there are none. Never test images
 * @param level the level's stream; an objective draws from children of it
 * @param updatesPerEpoch at least 1
 */
public record TrainingData(Split training, Optional<Split> validation, Stream level, int updatesPerEpoch) {}
