package org.espalier.dynamic;

/** The weights that an early ticket begins with. */
public enum EarlyRestart {
    /** Those of the search. */
    CONTINUED,
    /** The level's first. */
    ORIGINAL
}
