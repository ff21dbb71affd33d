package org.espalier.train.method;

import org.espalier.loss.CrossEntropy;
import org.espalier.loss.KullbackLeibler;
import org.espalier.loss.Loss;

/** A loss of clean examples and their adversarial examples together. */
sealed interface PairLoss {
    /** The loss that the attack increases. */
    default Loss attacked() {
        return CrossEntropy.HARD;
    }

    /**
     * {@code naturalShare} x mean cross-entropy of clean examples + (1 - {@code naturalShare}) x that of adversarial ones.
     *
     * @param naturalShare in [0, 1)
     */
    record Mixed(double naturalShare) implements PairLoss {}

    /**
     * Mean cross-entropy of clean examples + {@code beta} x mean KL(clean predictions || adversarial predictions): Zhang et al.,
     * "Theoretically principled trade-off between robustness and accuracy" (2019), equation 5.
     *
     * @param beta at least 0
     */
    record Trades(double beta) implements PairLoss {
        @Override
        public Loss attacked() {
            return new KullbackLeibler(true);
        }
    }

    /**
     * {@link org.espalier.loss.Mart}.
     *
     * @param weight of the divergence, at least 0
     */
    record Mart(double weight) implements PairLoss {}
}
