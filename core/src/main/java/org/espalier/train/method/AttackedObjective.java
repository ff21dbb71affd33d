package org.espalier.train.method;

import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.engine.Engine;
import org.espalier.engine.Mode;
import org.espalier.train.Objective;
import org.espalier.train.Ramp;

/**
 * A loss of clean examples and adversarial ones. Adversarial examples are made against the present weights and then treated
 * as constants.
 *
 * @param ramp the share of the attack that an update attacks with
 * @param attackMode mode of the forward passes that make attacks; empty for {@link Mode#EVALUATION}
 */
record AttackedObjective(PairLoss loss, Attack attack, Ramp ramp, Optional<Mode> attackMode) implements Objective {
    AttackedObjective {
        if (!ramp.equals(Ramp.NONE) && !attack.scalable()) {
            throw new IllegalArgumentException(
                    "attack " + attack.name() + " cannot be made smaller, expected no ramp of its epsilon");
        }
    }

    @Override
    public AttackedGradient bind(Engine engine, int examples, float labelSmoothing) {
        return new AttackedGradient(this, engine, examples, labelSmoothing);
    }
}
