package org.espalier.lab.tickets;

/** Which weights of a level are evaluated. */
public enum WeightChoice {
    /** Those after the last update. */
    FINAL,
    /** Those of the least loss on validation images, where the search kept them. */
    BEST_VALIDATION
}
