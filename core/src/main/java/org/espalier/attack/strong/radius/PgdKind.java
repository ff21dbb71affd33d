package org.espalier.attack.strong.radius;

import org.espalier.UserException;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code pgd}: projected gradient steps of one size. */
public final class PgdKind implements EvaluationAttackKind<PgdKind.Settings> {
    /** Projected gradient steps of one size. */
    @Kind("pgd")
    public record Settings(
            @Setting(value = "steps of one restart", preset = "40", min = 1, max = 100_000)
            int iterations,

            @Setting(value = "size of a step, as a multiple of epsilon", preset = "0.0625", min = 0, above = true)
            double step,

            @Setting(value = "momentum (MI-FGSM), 0 for none", preset = "0", min = 0, max = 1)
            double momentum,

            @Setting(value = "whether to start from noise in the ball", preset = "true")
            boolean randomStart,

            @Setting(value = "independent runs, each on the images not yet broken", preset = "1", min = 1, max = 10_000)
            int restarts,

            @Setting(value = "which iterate of a run counts", preset = "best")
            KeptIterate keep) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        if (settings.restarts() > 1 && !settings.randomStart()) {
            throw new UserException("a suite's pgd has " + settings.restarts()
                    + " restarts, expected 1 as random-start is false: all restarts would be the same");
        }
        return new ProjectedGradient(
                "pgd",
                Losses.CROSS_ENTROPY,
                settings.iterations(),
                settings.step(),
                settings.momentum(),
                settings.randomStart(),
                settings.restarts(),
                settings.keep());
    }
}
