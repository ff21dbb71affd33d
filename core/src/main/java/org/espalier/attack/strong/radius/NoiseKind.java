package org.espalier.attack.strong.radius;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code noise}: Uniform noise in the ball. */
public final class NoiseKind implements EvaluationAttackKind<NoiseKind.Settings> {
    /** Uniform noise in the ball. */
    @Kind("noise")
    public record Settings(
            @Setting(value = "draws for each image", preset = "100", min = 1, max = 1_000_000)
            int draws) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        return new Noise(settings.draws());
    }
}
