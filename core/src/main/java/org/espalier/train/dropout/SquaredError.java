package org.espalier.train.dropout;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * Mean squared error of sigmoid outputs on clean images, with dropout: what Mocanu et al., "Scalable training of artificial neural
 * networks with adaptive sparse connectivity" (2018), train SET with.
 */
@Kind("squared-error")
public record SquaredError(
        @Setting(
                value = "probability that a hidden unit of a fully connected layer is dropped in training",
                preset = "0",
                min = 0,
                max = 1,
                below = true)
        double dropout,

        @Setting(
                value =
                        "derivative of the sigmoid: exact, or published: as in SET's code, which applies the sigmoid twice",
                preset = "exact")
        Derivative derivative) {
    /** Derivatives of the sigmoid. */
    public enum Derivative {
        /** The loss's own. */
        EXACT,
        /** Of the sigmoid at the sigmoid's value. */
        PUBLISHED
    }

    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<SquaredError> {
        @Override
        public Class<SquaredError> settings() {
            return SquaredError.class;
        }

        @Override
        public Objective create(SquaredError settings, ObjectiveContext context) {
            boolean published = settings.derivative == Derivative.PUBLISHED;
            return DroppingObjective.of(
                    "squared-error", DroppingObjective.Losses.squares(published), settings.dropout, context);
        }
    }
}
