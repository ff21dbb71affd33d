package org.espalier.evaluate;

/** Which of the points that an attack visits decide whether an example counts as right under it. */
public enum AttackedAccuracy {
    /** The point that the attack returns: its last iterate unless it keeps another. All examples are attacked. */
    KEPT_POINT,
    /**
     * All points and the clean input: the per-example worst case. An example is broken once any of its points is
     * classified wrong; it is then not attacked any more.
     */
    WORST_CASE
}
