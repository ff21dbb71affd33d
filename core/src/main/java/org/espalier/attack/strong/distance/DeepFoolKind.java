package org.espalier.attack.strong.distance;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code deepfool}: DeepFool. */
public final class DeepFoolKind implements EvaluationAttackKind<DeepFoolKind.Settings> {
    /** DeepFool. */
    @Kind("deepfool")
    public record Settings(
            @Setting(value = "steps", preset = "50", min = 1, max = 100_000)
            int iterations) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        DeepFool usual = DeepFool.standard();
        return new DeepFool(settings.iterations(), usual.candidates(), usual.overshoot());
    }
}
