package org.espalier.train;

import org.espalier.attack.Attack;

/** What training minimises, beside the penalties of {@link TrainingSettings}. */
public sealed interface Objective {
    /** Mean cross-entropy on the clean examples. */
    record Natural() implements Objective {}

    /**
     * {@code naturalShare} x mean cross-entropy on the clean examples + (1 - {@code naturalShare}) x mean cross-entropy
     * on adversarial examples of the same batch, made against the present weights and then treated as constants.
     * Goodfellow, Shlens and Szegedy (2015), section 6, with the paper's share of 0.5; a share of 0 is the adversarial
     * training of Madry et al. (2018).
     *
     * @param naturalShare in [0, 1)
     */
    record Mixed(double naturalShare, Attack attack) implements Objective {
        public Mixed {
            if (!(naturalShare >= 0 && naturalShare < 1)) {
                throw new IllegalArgumentException("the natural share of an adversarial objective must be at least 0"
                        + " and below 1, got " + naturalShare);
            }
        }
    }
}
