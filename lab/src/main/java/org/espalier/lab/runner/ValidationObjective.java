package org.espalier.lab.runner;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;

/**
 * The least validation objective of a level so far, by the rule that early stopping has in tables: the natural loss for
 * natural training, else the training objective's own mixture of natural and attacked loss, on validation images; the error
 * under the attack, where accuracies are of the per-example worst case, whose losses say little. Of equals the earliest counts; what is no finite number never does. Test images take no part.
 */
final class ValidationObjective {
    private static final String SPLIT = "validation";

    private final double share; // of the attacked loss
    private final String attack;
    private final boolean byError;
    private double least = Double.POSITIVE_INFINITY;

    ValidationObjective(Experiment experiment, Experiment.Objective objective) {
        // As published, the loss that stands with an attack is the whole training objective already.
        boolean whole = experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE;
        byError = experiment.evaluation().accuracy() == AttackedAccuracy.WORST_CASE;
        attack = objective.attack().orElse(Measurement.NATURAL);
        share = objective.attack().isEmpty()
                ? 0
                : whole || byError ? 1 : 1 - objective.naturalShare().orElse(0.5);
    }

    /** Takes measurements of one or more iterations, in order; whether one of them was lower than all before. */
    boolean improvedBy(List<Measurement> measurements) {
        Map<Integer, Map<String, Double>> losses = new TreeMap<>(); // iteration, attack
        for (Measurement measurement : measurements) {
            if (measurement.split().equals(SPLIT)) {
                losses.computeIfAbsent(measurement.iteration(), _ -> new HashMap<>())
                        .put(measurement.attack(), value(measurement));
            }
        }
        boolean improved = false;
        for (Map<String, Double> at : losses.values()) {
            double value =
                    (1 - share) * loss(at, Measurement.NATURAL, share == 1) + share * loss(at, attack, share == 0);
            if (value < least) { // false for NaN
                least = value;
                improved = true;
            }
        }
        return improved;
    }

    private double value(Measurement measurement) {
        boolean attacked = !measurement.attack().equals(Measurement.NATURAL);
        return byError && attacked ? 1 - measurement.accuracy() : measurement.loss();
    }

    private static double loss(Map<String, Double> losses, String attack, boolean unused) {
        return unused ? 0 : losses.getOrDefault(attack, Double.NaN);
    }
}
