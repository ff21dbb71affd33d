package org.espalier.train;

import java.util.Optional;
import org.espalier.attack.Attack;

/**
 * What an experiment's entry in {@code objectives} says beside the settings of its method.
 *
 * @param attack the attack that the entry names; empty if it names none
 * @param naturalShare share of the natural loss, in [0, 1]
 * @param level number of the level to train; 0 is the dense level
 * @param epsilonRamp the share of the attack by update, for {@link AdversarialMethod} only
 */
public record ObjectiveContext(Optional<Attack> attack, double naturalShare, int level, Ramp epsilonRamp) {
    /** The whole attack from the first update on. */
    public ObjectiveContext(Optional<Attack> attack, double naturalShare, int level) {
        this(attack, naturalShare, level, Ramp.NONE);
    }
}
