package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.loss.Loss;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Projected gradient descent on the negative loss: from a start in the ball,
 * {@code x <- clip(project(x + step sign(grad_x loss(x, y))), 0, 1)}, {@code steps} times. Madry, Makelov, Schmidt,
 * Tsipras and Vladu, "Towards deep learning models resistant to adversarial attacks" (2018), section 2.1.
 *
 * @param epsilon radius of the L-infinity ball, at least 0
 * @param step size of one step, at least 0
 * @param steps number of steps, at least 0
 * @param randomStart start uniformly in the ball, clipped to [0, 1], or else at the clean input
 * @param restarts independent runs, at least 1; with several, each example keeps the one of highest loss
 * @param keep which point of a run is its result
 */
@Kind("pgd")
public record Pgd(
        @Setting(value = "radius of the L-infinity ball, in pixel values 0 to 1", preset = "0.3", min = 0, max = 1)
        double epsilon,

        @Setting(value = "length of a step, in pixel values", preset = "0.05", min = 0, above = true, max = 1)
        double step,

        @Setting(value = "steps of one restart", preset = "10", min = 1)
        int steps,

        @Setting(value = "whether to start from uniform noise in the ball rather than from the image", preset = "true")
        boolean randomStart,

        @Setting(value = "independent starts, of which the worst for the network counts", preset = "1", min = 1)
        int restarts,

        @Setting(value = "which iterate of a restart counts", preset = "last")
        KeptIterate keep,

        @Setting(value = "which label the attack moves away from", preset = "true")
        LabelChoice label)
        implements Attack {
    public Pgd {
        Settings.notNegative("epsilon", epsilon);
        Settings.notNegative("step", step);
        if (steps < 0) {
            throw new IllegalArgumentException("an attack's steps must be at least 0, got " + steps);
        }
        if (restarts < 1) {
            throw new IllegalArgumentException("an attack's restarts must be at least 1, got " + restarts);
        }
        if (restarts > 1 && !randomStart) {
            throw new IllegalArgumentException("an attack of " + restarts
                    + " restarts needs a random start: without one all of them are the same");
        }
    }

    /** The paper's attack: epsilon 0.3, 10 steps of 0.05 from a random start, last iterate, one restart. */
    public static Pgd paper(LabelChoice label) {
        return new Pgd(0.3f, 0.05f, 10, true, 1, KeptIterate.LAST, label);
    }

    @Override
    public String name() {
        return "pgd";
    }

    @Override
    public ThreatModel threat() {
        return new ThreatModel(Norm.LINF, (float) epsilon);
    }

    @Override
    public boolean random() {
        return randomStart;
    }

    @Override
    public boolean scalable() {
        return true;
    }

    @Override
    public Attacker bind(Engine engine, ActivationBuffers buffers, Loss loss) {
        return new PgdAttacker(this, engine, buffers, loss);
    }

    /** Registers the kind. */
    public static final class Definition implements TrainingAttackKind<Pgd> {
        @Override
        public Class<Pgd> settings() {
            return Pgd.class;
        }

        @Override
        public Attack create(Pgd settings) {
            return settings;
        }
    }
}
