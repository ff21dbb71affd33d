package org.espalier.lab.plan;

import java.util.List;
import java.util.Optional;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ValidationMixture;

/**
 * The highest validation accuracy of a level so far, which {@code training.keep-weights} goes by: under the attack or bound
 * that the objective trains on, or on clean images. The earliest of equals counts. Epsilon is that of the evaluation, so that
 * measurements before a ramp's end can be compared. Test images are not used.
 */
public final class BestAccuracy {
    private static final String SPLIT = "validation";

    private final String attack;
    private int most = -1; // images right

    private BestAccuracy(String attack) {
        this.attack = attack;
    }

    /** What an objective of an experiment goes by; empty if levels keep their last weights. */
    public static Optional<BestAccuracy> of(Experiment experiment, Experiment.Objective objective) {
        return switch (experiment.training().keepWeights()) {
            case LAST -> Optional.empty();
            case BEST_ATTACKED ->
                Optional.of(new BestAccuracy(
                        ValidationMixture.of(experiment, objective).measurement()));
            case BEST_CLEAN -> Optional.of(new BestAccuracy(Measurement.NATURAL));
        };
    }

    /** Takes measurements of one or more iterations, in order; whether one of them was higher than all before. */
    public boolean improvedBy(List<Measurement> measurements) {
        boolean improved = false;
        for (Measurement measurement : measurements) {
            if (measurement.split().equals(SPLIT)
                    && measurement.attack().equals(attack)
                    && measurement.correct() > most) {
                most = measurement.correct();
                improved = true;
            }
        }
        return improved;
    }
}
