package org.espalier.attack.strong.distance;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code fmn}: FMN. */
public final class FmnKind implements EvaluationAttackKind<FmnKind.Settings> {
    /** FMN. */
    @Kind("fmn")
    public record Settings(
            @Setting(value = "steps", preset = "200", min = 1, max = 100_000)
            int iterations) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        return Fmn.of(settings.iterations());
    }
}
