package org.espalier.engine;

/** What a forward pass is for. Operations that use statistics of the batch compute differently in each. */
public enum Mode {
    /** For the gradient of an update. */
    TRAINING,
    /** For predictions and attacks: an example's logits depend on no other example. */
    EVALUATION
}
