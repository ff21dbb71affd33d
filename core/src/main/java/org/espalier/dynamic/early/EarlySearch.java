package org.espalier.dynamic.early;

/** What the search for an early ticket trains on. */
public enum EarlySearch {
    /** Clean images. */
    NATURAL,
    /** The level's objective. */
    OBJECTIVE
}
