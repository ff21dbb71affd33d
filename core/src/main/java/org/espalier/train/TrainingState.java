package org.espalier.train;

import org.espalier.network.Weights;

/**
 * All that training needs to go on where it stopped; randomness needs nothing, for it is a function of the iteration.
 *
 * @param iteration updates done
 * @param firstMoment Adam's m, or the velocity
 * @param secondMoment Adam's v; zero for other optimizers
 */
public record TrainingState(int iteration, Weights weights, Weights firstMoment, Weights secondMoment) {
    public TrainingState {
        if (iteration < 0) {
            throw new IllegalArgumentException("training cannot have done " + iteration + " updates");
        }
    }
}
