package org.espalier.lab.experiment;

import java.util.Objects;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Measurement;

/**
 * How an objective is put together from what is measured on validation images:
 * {@code (1 - share) x natural loss + share x the measurement's loss}. Early stopping goes by it, in tables and in the weights
 * that a search keeps.
 *
 * <p>Of an objective of bounds it is the mixture that training ends with, like the epsilon that its worst cases are measured
 * at: the ramp changes what is trained on from update to update, and losses of different tasks cannot be compared.
 *
 * <p>Where accuracies are of the per-example worst case, the attacked loss says little: of a broken image only that it is broken.
 * The error under the attack then takes the place of the whole mixture (Rice, Wong and Kolter, "Overfitting in adversarially
 * robust deep learning", 2020, section 3).
 *
 * @param share weight of the measurement's loss, 0 to 1
 * @param measurement name of the attack or bound; {@value Measurement#NATURAL} where the share is 0
 * @param byError whether it is the measurement's error rather than its loss that counts
 */
public record ValidationMixture(double share, String measurement, boolean byError) {
    /** The natural loss alone. */
    public static final ValidationMixture NATURAL = new ValidationMixture(0, Measurement.NATURAL, false);

    /** What an objective of an experiment goes by. */
    public static ValidationMixture of(Experiment experiment, Experiment.Objective objective) {
        if (objective.bound().isPresent()) {
            String name = objective.bound().get();
            Experiment.BoundSettings bound =
                    Objects.requireNonNull(experiment.bounds().get(name), name);
            return new ValidationMixture(1 - bound.schedule().naturalShare().last(), name, false);
        }
        if (objective.attack().isEmpty()) {
            return NATURAL;
        }
        double share = 1 - objective.naturalShare().orElse(0.5);
        if (share == 0) {
            return NATURAL;
        }
        boolean byError = experiment.evaluation().accuracy() == AttackedAccuracy.WORST_CASE;
        // As published, the loss that stands with an attack is the whole training objective already.
        boolean whole = experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE;
        return new ValidationMixture(
                whole || byError ? 1 : share, objective.attack().get(), byError);
    }
}
