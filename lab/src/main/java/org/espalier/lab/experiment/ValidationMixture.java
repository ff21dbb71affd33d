package org.espalier.lab.experiment;

import java.util.Objects;
import org.espalier.evaluate.Measurement;

/**
 * How an objective is put together from what is measured on validation images:
 * {@code (1 - share) x natural loss + share x the measurement's loss}. Early stopping goes by it, in tables and in the weights
 * that a search keeps.
 *
 * <p>Of an objective of bounds it is the mixture that training ends with, like the epsilon that its worst cases are measured
 * at: the ramp changes what is trained on from update to update, and losses of different tasks cannot be compared.
 *
 * @param share weight of the measurement's loss, 0 to 1
 * @param measurement name of the attack or bound; {@value Measurement#NATURAL} where the share is 0
 */
public record ValidationMixture(double share, String measurement) {
    /** The natural loss alone. */
    public static final ValidationMixture NATURAL = new ValidationMixture(0, Measurement.NATURAL);

    /** What an objective of an experiment goes by. */
    public static ValidationMixture of(Experiment experiment, Experiment.Objective objective) {
        if (objective.bound().isPresent()) {
            String name = objective.bound().get();
            Experiment.BoundSettings bound =
                    Objects.requireNonNull(experiment.bounds().get(name), name);
            return new ValidationMixture(1 - bound.schedule().naturalShare().last(), name);
        }
        if (objective.attack().isEmpty()) {
            return NATURAL;
        }
        // As published, the loss that stands with an attack is the whole training objective already.
        boolean whole = experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE;
        double share = 1 - objective.naturalShare().orElse(0.5);
        return share == 0
                ? NATURAL
                : new ValidationMixture(whole ? 1 : share, objective.attack().get());
    }
}
