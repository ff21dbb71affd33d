package org.espalier.dynamic.early;

/** The weights that an early ticket begins with. */
public enum EarlyRestart {
    /** Those of the search. */
    CONTINUED,
    /** The level's first. */
    ORIGINAL
}
