package org.espalier.train;

import java.util.Map;
import java.util.Optional;
import org.espalier.engine.ActivationPanels;

/** An objective bound to an engine. It owns its buffers, so that steps allocate nothing. */
public interface BatchObjective {
    /** Where the trainer loads the batch's clean images, from panel 0 on, before {@link #gradient}. */
    ActivationPanels input();

    /**
     * Computes the gradient of the objective's mean over the batch with the engine's present weights, and leaves it in the
     * engine as {@link org.espalier.engine.Engine#gradient}. Depends on the weights, the batch and {@link #state} alone. Allocates
     * nothing. It may replace the engine's weights first, as an objective that rolls back does.
     *
     * @param batch valid during the call
     * @throws DivergedException if logits or losses are not finite
     */
    void gradient(Batch batch);

    /** Whether it looks at what the last update leaves: {@link #end} is then called after it. */
    default boolean looksAtEnd() {
        return false;
    }

    /**
     * Looks at what the last update left, and may return to earlier weights. A second call leaves the same weights.
     *
     * @param batch the one that the next update would have, valid during the call
     */
    default void end(Batch batch) {}

    /** Whether training is over: updates that are left change nothing. */
    default boolean finished() {
        return false;
    }

    /**
     * A copy of what the objective carries from update to update, for checkpoints: named numbers. Empty for an objective
     * whose updates depend on weights and batch alone.
     */
    default Map<String, float[]> state() {
        return Map.of();
    }

    /**
     * Continues from a state that {@link #state} gave.
     *
     * @throws IllegalArgumentException if it is of another objective
     */
    default void resume(Map<String, float[]> state) {}

    /** A sentence on what the objective has done since the last call that a user should see. Changes no result. */
    default Optional<String> news() {
        return Optional.empty();
    }
}
