package org.espalier.attack.strong.distance;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code cw}: Carlini and Wagner's L2 attack. */
public final class CarliniWagnerKind implements EvaluationAttackKind<CarliniWagnerKind.Settings> {
    /** Carlini and Wagner's L2 attack. */
    @Kind("cw")
    public record Settings(
            @Setting(value = "searches for the trade-off constant", preset = "9", min = 1, max = 100)
            int searches,

            @Setting(value = "steps of each search", preset = "1000", min = 1, max = 100_000)
            int iterations) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        CarliniWagner usual = CarliniWagner.standard();
        return new CarliniWagner(
                settings.searches(),
                settings.iterations(),
                usual.rate(),
                usual.firstTrade(),
                usual.confidence(),
                usual.abortEarly());
    }
}
