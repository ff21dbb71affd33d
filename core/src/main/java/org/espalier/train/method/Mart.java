package org.espalier.train.method;

import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/** MART, {@link org.espalier.loss.Mart}, on examples of the entry's attack. */
@Kind("mart")
public record Mart(
        @Setting(
                value = "weight of the divergence of misclassified images; the published script has 5",
                preset = "5",
                min = 0)
        double lambda) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<Mart> {
        @Override
        public Class<Mart> settings() {
            return Mart.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        @Override
        public Objective create(Mart settings, ObjectiveContext context) {
            return Methods.attacked(new PairLoss.Mart(settings.lambda), Methods.attack("mart", context), context);
        }
    }
}
