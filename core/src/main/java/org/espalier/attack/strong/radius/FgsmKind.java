package org.espalier.attack.strong.radius;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;

/** Registers the suite attack {@code fgsm}: one signed step from the clean image. */
public final class FgsmKind implements EvaluationAttackKind<FgsmKind.Settings> {
    /** One signed step from the clean image. */
    @Kind("fgsm")
    public record Settings() {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        return ProjectedGradient.fgsm();
    }
}
