package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.loss.Loss;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * The fast gradient sign method: {@code x' = clip(x + epsilon sign(grad_x loss(x, y)), 0, 1)}, one step from the
 * clean input. Goodfellow, Shlens and Szegedy, "Explaining and harnessing adversarial examples" (2015), section 4.
 *
 * @param epsilon radius of the L-infinity ball, at least 0; the paper's is 0.3
 */
@Kind("fgsm")
public record Fgsm(
        @Setting(value = "radius of the L-infinity ball, in pixel values 0 to 1", preset = "0.3", min = 0, max = 1)
        double epsilon,

        @Setting(value = "which label the attack moves away from", preset = "true")
        LabelChoice label)
        implements Attack {
    public Fgsm {
        Settings.notNegative("epsilon", epsilon);
    }

    @Override
    public String name() {
        return "fgsm";
    }

    @Override
    public ThreatModel threat() {
        return new ThreatModel(Norm.LINF, (float) epsilon);
    }

    @Override
    public boolean random() {
        return false;
    }

    @Override
    public boolean scalable() {
        return true;
    }

    @Override
    public Attacker bind(Engine engine, ActivationBuffers buffers, Loss loss) {
        return new FgsmAttacker(this, engine, buffers, loss);
    }

    /** Registers the kind. */
    public static final class Definition implements TrainingAttackKind<Fgsm> {
        @Override
        public Class<Fgsm> settings() {
            return Fgsm.class;
        }

        @Override
        public Attack create(Fgsm settings) {
            return settings;
        }
    }
}
