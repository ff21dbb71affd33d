package org.espalier.train;

import java.util.Map;
import org.espalier.network.Weights;

/**
 * All that training needs to go on where it stopped; randomness needs nothing, for it is a function of the iteration.
 *
 * @param iteration updates done
 * @param firstMoment Adam's m, or the velocity
 * @param secondMoment Adam's v; zero for other optimizers
 * @param objective {@link BatchObjective#state}; its arrays are not to be changed
 */
public record TrainingState(
        int iteration, Weights weights, Weights firstMoment, Weights secondMoment, Map<String, float[]> objective) {
    /** Of an objective that carries nothing. */
    public TrainingState(int iteration, Weights weights, Weights firstMoment, Weights secondMoment) {
        this(iteration, weights, firstMoment, secondMoment, Map.of());
    }

    public TrainingState {
        objective = Map.copyOf(objective);
        if (iteration < 0) {
            throw new IllegalArgumentException("training cannot have done " + iteration + " updates");
        }
    }
}
