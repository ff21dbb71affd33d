package org.espalier.train;

import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.engine.Mode;

/**
 * What an experiment's entry in {@code objectives} says beside the settings of its method.
 *
 * @param attack the attack that the entry names; empty if it names none
 * @param naturalShare share of the natural loss, in [0, 1]
 * @param level number of the level to train; 0 is the dense level
 * @param epsilonRamp the share of the attack by update, for methods whose {@link ObjectiveKind#ramps} is true
 * @param attackMode mode of the forward passes that make attacks; empty for the usual one
 */
public record ObjectiveContext(
        Optional<Attack> attack, double naturalShare, int level, Ramp epsilonRamp, Optional<Mode> attackMode) {
    /** The whole attack from the first update on, made in the usual mode. */
    public ObjectiveContext(Optional<Attack> attack, double naturalShare, int level) {
        this(attack, naturalShare, level, Ramp.NONE);
    }

    /** With attacks made in the usual mode. */
    public ObjectiveContext(Optional<Attack> attack, double naturalShare, int level, Ramp epsilonRamp) {
        this(attack, naturalShare, level, epsilonRamp, Optional.empty());
    }
}
