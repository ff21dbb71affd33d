package org.espalier.lab.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ValidationMixture;

/**
 * The least validation objective of a level so far, by the rule that early stopping has in tables: the natural loss for
 * natural training, else the training objective's own mixture of natural loss and that of attacks or worst cases, on
 * validation images. For certified objectives the mixture is the one at the ramp's end, so that earlier measurements
 * are comparable. With per-example worst-case accuracies it is the error under the attack. The earliest counts on ties,
 * and values that are not finite never count. Test images are not used.
 */
public final class ValidationObjective {
    private static final String SPLIT = "validation";

    private final double share; // of the attacked loss or error, or the worst cases'
    private final String attack; // or bound
    private final boolean byError;
    private double least = Double.POSITIVE_INFINITY;

    public ValidationObjective(Experiment experiment, Experiment.Objective objective) {
        ValidationMixture mixture = ValidationMixture.of(experiment, objective);
        attack = mixture.measurement();
        share = mixture.share();
        byError = mixture.byError();
    }

    /** Adds measurements of one or more iterations, in order; returns whether one of them was lower than all before. */
    public boolean improvedBy(List<Measurement> measurements) {
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

    /** Whether any was finite. */
    public boolean found() {
        return least < Double.POSITIVE_INFINITY;
    }

    private double value(Measurement measurement) {
        boolean attacked = !measurement.attack().equals(Measurement.NATURAL);
        return byError && attacked ? 1 - measurement.accuracy() : measurement.loss();
    }

    private static double loss(Map<String, Double> losses, String attack, boolean unused) {
        return unused ? 0 : losses.getOrDefault(attack, Double.NaN);
    }
}
