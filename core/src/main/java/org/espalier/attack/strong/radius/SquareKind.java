package org.espalier.attack.strong.radius;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code square}: Square. */
public final class SquareKind implements EvaluationAttackKind<SquareKind.Settings> {
    /** Square. */
    @Kind("square")
    public record Settings(
            @Setting(value = "queries for each image", preset = "5000", min = 1, max = 10_000_000)
            int queries,

            @Setting(
                    value = "share of the image that the first squares cover",
                    preset = "0.8",
                    min = 0,
                    above = true,
                    max = 1)
            double pInit,

            @Setting(value = "independent runs, each on the images not yet broken", preset = "1", min = 1, max = 10_000)
            int restarts) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        return new Square(settings.queries(), settings.pInit(), settings.restarts());
    }
}
