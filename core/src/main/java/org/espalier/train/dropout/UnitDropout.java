package org.espalier.train.dropout;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * Mean cross-entropy on clean images with dropout of hidden units. Srivastava et al., "Dropout: a simple way to prevent neural
 * networks from overfitting" (2014).
 */
@Kind("dropout")
public record UnitDropout(
        @Setting(
                value = "probability that a hidden unit of a fully connected layer is dropped in training",
                preset = "0.5",
                min = 0,
                max = 1,
                below = true)
        double rate) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<UnitDropout> {
        @Override
        public Class<UnitDropout> settings() {
            return UnitDropout.class;
        }

        @Override
        public Objective create(UnitDropout settings, ObjectiveContext context) {
            return DroppingObjective.of("dropout", DroppingObjective.Losses.CROSS_ENTROPY, settings.rate, context);
        }
    }
}
