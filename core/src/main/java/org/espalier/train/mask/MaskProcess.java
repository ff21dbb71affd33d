package org.espalier.train.mask;

import java.util.Optional;
import org.espalier.network.Mask;

/** A {@link MaskRule} at work on one level. Makes each update through its {@link MaskTraining}. */
public interface MaskProcess {
    /**
     * Makes one update of the level. It depends on weights, moments, {@link #state} and the number of the update alone; draws
     * come from {@link MaskTraining#stream}.
     *
     * @param iteration updates done before
     */
    void step(int iteration);

    /** The weights that survive now. The engine's mask may keep more while scores are learnt; their weights are then zero. */
    Mask mask();

    /** A copy of what the process carries from update to update, beside weights, moments and mask. */
    default MaskState state() {
        return MaskState.NONE;
    }

    /** A sentence on what the rule has done since the last call that a user should see. Changes no result. */
    default Optional<String> news() {
        return Optional.empty();
    }

    /**
     * Continues from a state that {@link #state} gave. The engine holds the weights, the moments and {@link #mask} of then.
     *
     * @param iteration updates done
     */
    default void resume(int iteration, MaskState state) {}
}
