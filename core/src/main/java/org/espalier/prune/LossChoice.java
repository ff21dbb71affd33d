package org.espalier.prune;

/** Which loss a criterion's gradients are of. Attack and bound are those of the level's objective. */
public enum LossChoice {
    /** Mean cross-entropy on images as they are. */
    NATURAL,
    /** Mean cross-entropy on images that the objective's attack changed. */
    ADVERSARIAL,
    /** Both, with the objective's natural share. */
    MIXED,
    /** What a certified objective minimises at the end of its ramp: bounds of the worst case, with its last natural share. */
    CERTIFIED
}
