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
 * @param accuracy which points decide whether an example counts as right under an attack. With
 *     {@link AttackedAccuracy#WORST_CASE} an attacked loss is that of the point where the attack left the example: the clean input
 *     if that is classified wrong, else the first point that is, else the last one. It says less than the loss of kept points: of
 *     a broken example only that it is broken, not how far
 */
public record EvaluationSettings(
        SequencedMap<String, Attack> attacks, Optional<Objective> publishedLoss, AttackedAccuracy accuracy) {
    public EvaluationSettings {
        attacks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attacks));
        if (attacks.containsKey("")) {
            throw new IllegalArgumentException("every attack needs a name");
        }
        if (publishedLoss.orElse(null) instanceof Objective.Certified) {
            throw new IllegalArgumentException("the published code has no loss for an objective of bounds");
        }
        if (accuracy == AttackedAccuracy.WORST_CASE && publishedLoss.isPresent()) {
            throw new IllegalArgumentException(
                    "the published code's loss is of the points that attacks keep, and the worst case has none");
        }
        if (attacks.containsKey(Measurement.NATURAL)) {
            throw new IllegalArgumentException(
                    "an attack cannot be called '" + Measurement.NATURAL + "', that is the name of clean inputs");
        }
    }

    /** The points that attacks keep decide. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks, Optional<Objective> publishedLoss) {
        this(attacks, publishedLoss, AttackedAccuracy.KEPT_POINT);
    }

    /** The points that attacks keep decide, each attack with its own cross-entropy. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks) {
        this(attacks, Optional.empty());
    }
}
