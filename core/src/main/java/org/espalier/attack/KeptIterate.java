package org.espalier.attack;

/** Which of the points that an iterative attack visits it returns. */
public enum KeptIterate {
    /** The last one, as published attacks do. */
    LAST,
    /** For each example the one of highest loss, the start included. */
    BEST
}
