package org.espalier.train;

import org.espalier.UserException;
import org.espalier.setting.Kind;

/** Training on clean and attacked examples: {@link Objective.Adversarial}. */
@Kind("adversarial")
public record AdversarialMethod() {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<AdversarialMethod> {
        @Override
        public Class<AdversarialMethod> settings() {
            return AdversarialMethod.class;
        }

        @Override
        public Objective create(AdversarialMethod settings, ObjectiveContext context) {
            if (context.attack().isEmpty()) {
                throw new UserException("method adversarial has no attack, expected one");
            }
            return new Objective.Adversarial(
                    context.naturalShare(), context.attack().get(), context.epsilonRamp(), context.attackMode());
        }
    }
}
