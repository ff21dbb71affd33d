package org.espalier.prune;

/** What a criterion may need beside weights, mask and stream. */
public enum Need {
    /** The gradient of the mean cross-entropy on training images: {@link PruningContext#gradient}. */
    GRADIENTS,
    /** The training images: {@link PruningContext#data}. */
    DATA,
    /** An engine that holds the trained weights: {@link PruningContext#engine}. */
    ENGINE
}
