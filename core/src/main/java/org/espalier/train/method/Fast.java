package org.espalier.train.method;

import java.util.Optional;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.engine.Engine;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.BatchObjective;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.TrainingData;

/**
 * Fast adversarial training: one signed step from a uniform start, projected to the ball. Wong, Rice and Kolter, "Fast is better
 * than free: revisiting adversarial training" (2020), algorithm 3. Epsilon is that of the entry's attack; the loss is of attacked
 * images alone. A guard can watch for catastrophic overfitting.
 */
@Kind("fast")
public record Fast(
        @Setting(value = "length of the step, as a multiple of epsilon", preset = "1.25", min = 0)
        double step,

        @Setting(value = "whether to start from uniform noise in the ball rather than from the image", preset = "true")
        boolean randomStart,

        @Setting("guard against catastrophic overfitting; none if not given")
        Optional<Guard> guard) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<Fast> {
        @Override
        public Class<Fast> settings() {
            return Fast.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        /** A guard gives earlier weights back, without the rule's state of then. */
        @Override
        public boolean underMaskRules(Fast settings) {
            return settings.guard.isEmpty();
        }

        @Override
        public Objective create(Fast settings, ObjectiveContext context) {
            double epsilon = Methods.epsilon("fast", context);
            AttackedObjective inner = Methods.attacked(
                    new PairLoss.Mixed(0), pgd(epsilon, settings.step * epsilon, 1, settings.randomStart), context);
            return settings.guard.isEmpty() ? inner : new Guarded(inner, epsilon, settings.guard.get());
        }
    }

    static Pgd pgd(double epsilon, double step, int steps, boolean randomStart) {
        return new Pgd(epsilon, step, steps, randomStart, 1, KeptIterate.LAST, LabelChoice.TRUE);
    }

    /**
     * The objective with a guard.
     *
     * @param epsilon radius of the ball
     */
    record Guarded(AttackedObjective inner, double epsilon, Guard guard) implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            throw new UnsupportedOperationException("the guard of method fast needs the level's data");
        }

        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing, TrainingData data) {
            return new GuardedGradient(this, inner.bind(engine, examples, labelSmoothing), examples, data);
        }
    }
}
