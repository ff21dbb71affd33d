package org.espalier.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.espalier.attack.Attack;
import org.espalier.train.Objective;

/**
 * What to measure beside the natural accuracy and loss.
 *
 * @param attacks attacks by name, in the order of their measurements; none may be called {@value Measurement#NATURAL}
 * @param publishedLoss if present, the loss of an attack's measurements is that of the paper's published code: this
 *     training objective's value, with adversarial examples of a draw of their own (the natural loss for
 *     {@link Objective.Natural}). Empty: the cross-entropy of the very inputs that the accuracy is measured on
 */
public record EvaluationSettings(SequencedMap<String, Attack> attacks, Optional<Objective> publishedLoss) {
    public EvaluationSettings {
        attacks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attacks));
        if (attacks.containsKey("")) {
            throw new IllegalArgumentException("every attack needs a name");
        }
        if (publishedLoss.orElse(null) instanceof Objective.Certified) {
            throw new IllegalArgumentException("the published code has no loss for an objective of bounds");
        }
        if (attacks.containsKey(Measurement.NATURAL)) {
            throw new IllegalArgumentException(
                    "an attack cannot be called '" + Measurement.NATURAL + "', that is the name of clean inputs");
        }
    }

    /** These attacks, each with its own cross-entropy. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks) {
        this(attacks, Optional.empty());
    }
}
