package org.espalier.train;

import org.espalier.UserException;
import org.espalier.setting.Kind;

/** Training on clean examples: {@link Objective.Natural}. */
@Kind("natural")
public record NaturalMethod() {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<NaturalMethod> {
        @Override
        public Class<NaturalMethod> settings() {
            return NaturalMethod.class;
        }

        @Override
        public Objective create(NaturalMethod settings, ObjectiveContext context) {
            if (context.attack().isPresent()) {
                throw new UserException("method natural has an attack, expected none");
            }
            return new Objective.Natural();
        }
    }
}
