package org.espalier.attack.strong.radius;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code apgd}: Auto-PGD. */
public final class ApgdKind implements EvaluationAttackKind<ApgdKind.Settings> {
    /** Auto-PGD. */
    @Kind("apgd")
    public record Settings(
            @Setting(value = "loss to maximise", preset = "ce")
            Loss loss,

            @Setting(value = "gradient steps of one run", preset = "100", min = 1, max = 100_000)
            int iterations,

            @Setting(value = "independent runs, each on the images not yet broken", preset = "1", min = 1, max = 10_000)
            int restarts,

            @Setting(value = "target classes, of a targeted loss", preset = "9", min = 1, max = 1_000_000)
            int targets,

            @Setting(
                    value =
                            "where runs start: at a random point of the ball's surface, or in L-infinity at a corner of the ball",
                    preset = "random")
            Apgd.Start start) {}

    /** The loss that Auto-PGD maximises. */
    public enum Loss {
        CE,
        DLR,
        TARGETED_DLR,
        MARGIN
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        return new Apgd(
                switch (settings.loss()) {
                    case CE -> Losses.CROSS_ENTROPY;
                    case DLR -> Losses.DLR;
                    case TARGETED_DLR -> Losses.TARGETED_DLR;
                    case MARGIN -> Losses.MARGIN;
                },
                settings.iterations(),
                settings.restarts(),
                settings.targets(),
                settings.start());
    }
}
