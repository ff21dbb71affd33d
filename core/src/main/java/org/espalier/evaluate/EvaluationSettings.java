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
 * @param bound if present, a bound of the worst case to measure after the attacks
 * @param accuracy which points decide whether an example counts as right under an attack. With
 *     {@link AttackedAccuracy#WORST_CASE} an attacked loss is that of the example's last point: the clean input if it
 *     is classified wrong, else the first point classified wrong, else the attack's last point. It is less informative
 *     than the loss of kept points, because it does not show how far a broken example is from the boundary
 */
public record EvaluationSettings(
        SequencedMap<String, Attack> attacks,
        Optional<Objective> publishedLoss,
        Optional<Bound> bound,
        AttackedAccuracy accuracy) {
    /**
     * A bound of the worst case, as {@link org.espalier.engine.BoundEngine#boundMargins} computes it. An example counts
     * as correct if the bound excludes a lead of every other class. Its loss is the cross-entropy of each class's
     * largest possible lead. The bound uses floating point without directed rounding, so it is not a certificate.
     *
     * @param name name of the measurement
     * @param epsilon radius of the L-infinity ball, cut at 0 and 1
     * @param linearShare share of linear bounds; the rest is interval bounds
     */
    public record Bound(String name, double epsilon, double linearShare) {
        /**
         * The bound at the end of the training's ramp. Measurements at different iterations are then comparable.
         */
        public static Bound last(String name, Objective.Certified objective) {
            return new Bound(
                    name, objective.epsilon().last(), objective.linearShare().last());
        }
    }

    public EvaluationSettings {
        attacks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attacks));
        if (attacks.containsKey("")) {
            throw new IllegalArgumentException("every attack needs a name");
        }
        publishedLoss
                .filter(objective ->
                        !(objective instanceof Objective.Natural || objective instanceof Objective.Adversarial))
                .ifPresent(objective -> {
                    throw new IllegalArgumentException("the published code has no loss for the objective " + objective);
                });
        if (accuracy == AttackedAccuracy.WORST_CASE && publishedLoss.isPresent()) {
            throw new IllegalArgumentException(
                    "the published code's loss is of the points that attacks keep, and the worst case has none");
        }
        Set<String> names = new HashSet<>(attacks.keySet());
        bound.map(Bound::name).filter(name -> !names.add(name)).ifPresent(name -> {
            throw new IllegalArgumentException("an attack and a bound are both called '" + name + "'");
        });
        if (names.contains(Measurement.NATURAL)) {
            throw new IllegalArgumentException("neither attack nor bound can be called '" + Measurement.NATURAL
                    + "', that is the name of clean inputs");
        }
    }

    /** The points that attacks keep decide. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks, Optional<Objective> publishedLoss) {
        this(attacks, publishedLoss, Optional.empty(), AttackedAccuracy.KEPT_POINT);
    }

    /** The points that attacks keep decide, each attack with its own cross-entropy. */
    public EvaluationSettings(SequencedMap<String, Attack> attacks) {
        this(attacks, Optional.empty());
    }

    /** Measurements that are made of each split: the natural one, one per attack, and the bound's. */
    public int measurements() {
        return 1 + attacks.size() + (bound.isPresent() ? 1 : 0);
    }
}
