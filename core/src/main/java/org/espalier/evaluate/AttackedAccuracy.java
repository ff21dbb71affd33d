package org.espalier.evaluate;

/** Which of the points that an attack visits decide whether an example counts as right under it. */
public enum AttackedAccuracy {
    /** The one that the attack ends with, its last iterate unless it keeps another; attacked are all examples. */
    KEPT_POINT,
    /**
     * All of them and the clean input: the per-example worst case. An example is broken, and attacked no further, once it is
     * classified wrong anywhere.
     */
    WORST_CASE
}
