package org.espalier.attack.strong.distance;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code hopskipjump}: hopSkipJump. */
public final class HopSkipJumpKind implements EvaluationAttackKind<HopSkipJumpKind.Settings> {
    /** HopSkipJump. */
    @Kind("hopskipjump")
    public record Settings(
            @Setting(value = "steps along the boundary", preset = "20", min = 1, max = 10_000)
            int iterations) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        HopSkipJump usual = HopSkipJump.small();
        return new HopSkipJump(settings.iterations(), usual.firstEvaluations(), usual.mostEvaluations(), usual.tries());
    }
}
