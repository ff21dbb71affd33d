package org.espalier.attack;

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
public record Pgd(
        float epsilon, float step, int steps, boolean randomStart, int restarts, KeptIterate keep, LabelChoice label)
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
        return new ThreatModel(Norm.LINF, epsilon);
    }

    @Override
    public boolean random() {
        return randomStart;
    }
}
