package org.espalier.engine;

/** What a forward pass is for. Operations that use statistics of the batch compute differently in each. */
public enum Mode {
    /** For the gradient of an update. */
    TRAINING,
    /**
     * For attacks and second passes of an update: statistics are those of the batch as in {@link #TRAINING}, but running
     * statistics stay as they are.
     */
    BATCH_STATISTICS,
    /** For predictions and attacks: an example's logits depend on no other example. */
    EVALUATION
}
