package org.espalier.dynamic.early;

/** What the masks of a search for an early ticket are of. */
public enum MaskedParts {
    /** Single weights, by their size. */
    WEIGHTS,
    /** Channels behind which a batch norm stands, by the size of its scale. */
    CHANNELS
}
