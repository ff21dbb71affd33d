package org.espalier.attack;

/**
 * The fast gradient sign method: {@code x' = clip(x + epsilon sign(grad_x loss(x, y)), 0, 1)}, one step from the
 * clean input. Goodfellow, Shlens and Szegedy, "Explaining and harnessing adversarial examples" (2015), section 4.
 *
 * @param epsilon radius of the L-infinity ball, at least 0; the paper's is 0.3
 */
public record Fgsm(float epsilon, LabelChoice label) implements Attack {
    public Fgsm {
        Settings.notNegative("epsilon", epsilon);
    }

    @Override
    public String name() {
        return "fgsm";
    }

    @Override
    public ThreatModel threat() {
        return new ThreatModel(Norm.LINF, epsilon);
    }

    @Override
    public boolean random() {
        return false;
    }
}
