package org.espalier.evaluate;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.espalier.attack.Attack;
import org.espalier.train.Objective;

/**
 * What to measure beside the natural accuracy and loss.
 *
 * @param attacks attacks by name, in the order of their measurements; none may be called {@value Measurement#NATURAL}
 * @param publishedLoss if present, the loss of an attack's measurements is that of the paper's published code: this
 *     training objective's value, with adversarial examples of a draw of their own (the natural loss for
 *     {@link Objective.Natural}). Empty: the cross-entropy of the very inputs that the accuracy is measured on
 * @param worstCase if present, a bound of the worst case to measure after the attacks
 */
public record EvaluationSettings(
        SequencedMap<String, Attack> attacks, Optional<Objective> publishedLoss, Optional<WorstCase> worstCase) {
    /**
     * A bound of the worst case, as {@link org.espalier.engine.Engine#worstCase} makes it: an example counts as correct where
     * no class can lead the label, and its loss is the cross-entropy of each class's largest possible lead. In floating point
     * without directed rounding, so that it is no certificate.
     *
     * @param name name of the measurement
     * @param epsilon radius of the L-infinity ball, cut at 0 and 1
     * @param linearShare share of linear bounds, the rest being intervals'
     */
    public record WorstCase(String name, double epsilon, double linearShare) {
        /**
         * The worst case that training ends with, whatever its ramp has come to: what is measured at different iterations can
         * then be compared.
         */
        public static WorstCase last(String name, Objective.Certified objective) {
            return new WorstCase(
                    name, objective.epsilon().last(), objective.linearShare().last());
        }
    }

    public EvaluationSettings {
        attacks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attacks));
        if (attacks.containsKey("")) {
            throw new IllegalArgumentException("every attack needs a name");
        }
        if (publishedLoss.orElse(null) instanceof Objective.Certified) {
            throw new IllegalArgumentException("the published code has no loss for an objective of bounds");
        }
        Set<String> names = new HashSet<>(attacks.keySet());
        worstCase.map(WorstCase::name).filter(name -> !names.add(name)).ifPresent(name -> {
            throw new IllegalArgumentException("an attack and a bound are both called '" + name + "'");
        });
        if (names.contains(Measurement.NATURAL)) {
            throw new IllegalArgumentException("neither attack nor bound can be called '" + Measurement.NATURAL
                    + "', that is the name of clean inputs");
        }
    }

    /** These attacks, each with its own cross-entropy. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks) {
        this(attacks, Optional.empty(), Optional.empty());
    }

    /** Measurements that are made of each split: the natural one, one per attack, and the bound's. */
    public int measurements() {
        return 1 + attacks.size() + (worstCase.isPresent() ? 1 : 0);
    }
}
