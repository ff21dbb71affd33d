package org.espalier.prune;

/** What a criterion may need beside weights, mask and stream. */
public enum Need {
    /** Gradients of losses on training images: {@link PruningContext#gradient(int)} and {@link PruningContext#gradient(LossChoice, Weights, Mask, int[])}. */
    GRADIENTS,
    /** The training images: {@link PruningContext#data}. */
    DATA,
    /** An engine that holds the trained weights: {@link PruningContext#engine}. */
    ENGINE,
    /** The weights before any training, and fresh draws like them: {@link PruningContext#initial} and {@link PruningContext#draw}. */
    INITIAL
}
