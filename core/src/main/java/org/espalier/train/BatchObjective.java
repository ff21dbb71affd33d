package org.espalier.train;

import org.espalier.engine.ActivationPanels;

/** An objective bound to an engine. It owns its buffers, so that steps allocate nothing. */
public interface BatchObjective {
    /** Where the trainer loads the batch's clean images, from panel 0 on, before {@link #gradient}. */
    ActivationPanels input();

    /**
     * Computes the gradient of the objective's mean over the batch with the engine's present weights, and leaves it in the
     * engine as {@link org.espalier.engine.Engine#gradient}. Depends on the weights and the batch alone. Allocates nothing.
     *
     * @param batch valid during the call
     * @throws DivergedException if logits or losses are not finite
     */
    void gradient(Batch batch);
}
