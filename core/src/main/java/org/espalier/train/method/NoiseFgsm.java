package org.espalier.train.method;

import org.espalier.attack.NoisyStep;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * N-FGSM: one step from strong uniform noise, without projection to the ball, {@link NoisyStep}. Epsilon is that of the entry's
 * attack; the loss is of attacked images alone.
 */
@Kind("n-fgsm")
public record NoiseFgsm(
        @Setting(value = "half the width of the noise, as a multiple of epsilon", preset = "2", min = 0)
        double noise,

        @Setting(value = "length of the step, as a multiple of epsilon", preset = "1", min = 0)
        double step) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<NoiseFgsm> {
        @Override
        public Class<NoiseFgsm> settings() {
            return NoiseFgsm.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        @Override
        public Objective create(NoiseFgsm settings, ObjectiveContext context) {
            double epsilon = Methods.epsilon("n-fgsm", context);
            return Methods.attacked(
                    new PairLoss.Mixed(0), new NoisyStep(settings.noise * epsilon, settings.step * epsilon), context);
        }
    }
}
