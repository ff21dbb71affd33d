package org.espalier.lab.experiment;

import java.util.Objects;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Measurement;

/**
 * An objective's value from measurements on validation images:
 * {@code (1 - share) x natural loss + share x the measurement's loss}. Early stopping minimises it, in tables and for
 * the weights that a search keeps.
 *
 * <p>For certified objectives it is the mixture at the end of training, and worst cases are measured at the final
 * epsilon. The ramp changes the training loss from update to update, and losses of different tasks cannot be compared.
 *
 * <p>With per-example worst-case accuracies, the attacked loss of a broken image only shows that it is broken. The
 * error under the attack then takes the place of the whole mixture (Rice, Wong and Kolter, "Overfitting in
 * adversarially robust deep learning", 2020, section 3).
 *
 * @param share weight of the measurement's loss, in [0, 1]
 * @param measurement name of the attack or bound; {@value Measurement#NATURAL} if the share is 0
 * @param byError whether the measurement's error is used instead of its loss
 */
public record ValidationMixture(double share, String measurement, boolean byError) {
    /** The natural loss alone. */
    public static final ValidationMixture NATURAL = new ValidationMixture(0, Measurement.NATURAL, false);

    /** The mixture of an experiment's objective. */
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
        // In the published form, the loss of an attack's measurement is the whole training objective.
        boolean whole = experiment.evaluation().loss() == Experiment.LossKind.OBJECTIVE;
        return new ValidationMixture(
                whole || byError ? 1 : share, objective.attack().get(), byError);
    }
}
