package org.espalier.attack.strong.distance;

import org.espalier.attack.strong.EvaluationAttackKind;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/** Registers the suite attack {@code fab}: FAB-T. */
public final class FabKind implements EvaluationAttackKind<FabKind.Settings> {
    /** FAB-T. */
    @Kind("fab")
    public record Settings(
            @Setting(value = "steps of one run", preset = "100", min = 1, max = 100_000)
            int iterations,

            @Setting(value = "independent runs", preset = "1", min = 1, max = 10_000)
            int restarts,

            @Setting(value = "target classes", preset = "9", min = 1, max = 1_000_000)
            int targets,

            @Setting(
                    value = "whether an image is done once it is broken within epsilon; false finds least distances",
                    preset = "true")
            boolean stopAtRadius) {}

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public StrongAttack create(Settings settings) {
        Fab usual = Fab.standard();
        return new Fab(
                settings.iterations(),
                settings.restarts(),
                settings.targets(),
                usual.alphaMax(),
                usual.eta(),
                usual.beta(),
                usual.finalSearch(),
                settings.stopAtRadius());
    }
}
