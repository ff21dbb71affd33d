package org.espalier.train.mask;

import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.random.Stream;

/** What a {@link MaskProcess} makes a level's updates of. Valid while the level trains. */
public interface MaskTraining {
    /** Holds the network. A process may change its weights, mask and moments between gradients and updates. */
    Engine engine();

    /** Updates of the level. */
    int iterations();

    /** Updates to an epoch. */
    int updatesPerEpoch();

    /** The training images. Not to be changed. */
    Split images();

    /**
     * Images that training does not see and that may guide it; never test images.
     *
     * @throws org.espalier.UserException if there are none
     */
    Split validation();

    /** For draws of the process; read at positions or children that name the update. */
    Stream stream();

    /** Computes the gradient of the level's objective on the present update's batch and leaves it in the engine. */
    void gradient();

    /** The same with the gradients of pruned weights too, at their value 0. Needs {@link MaskRule#allGradients}. */
    void allGradients();

    /** Computes the gradient of the cross-entropy on the batch's clean images and leaves it in the engine. */
    void naturalGradient();

    /** Limits the gradient held as the level's settings say, and makes one update of the optimizer with it. */
    void update(Phase phase);

    /** All updates of the level as one phase. */
    Phase whole();
}
