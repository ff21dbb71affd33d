package org.espalier.report.verdict;

import org.espalier.lab.experiment.Names;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.notation.Numbers;

/**
 * The evaluation that a verdict goes by. Its figures are the lowest known accuracies in the ball: nothing that is stored of the
 * same networks breaks more, neither the suite nor the attacks of its rules, doubled runs, counterexamples or other evaluations.
 *
 * @param family suite, images and weights
 * @param epsilon radius of the ball
 */
public record Basis(EvaluationFamily family, double epsilon) {
    /** Suite and ball in a few words, e.g. {@code suite standard, l-infinity 0.3}. */
    public String name() {
        return "suite " + family.suite() + ", " + family.norm() + " " + Numbers.radius(epsilon);
    }

    /** Images and weights, e.g. {@code first 1,000 test images, weights after the last update}. */
    public String images() {
        return "first " + Numbers.count(family.images()) + " " + family.split() + " "
                + Names.noun(family.images(), "image") + ", "
                + switch (family.weights()) {
                    case "final" -> "weights after the last update";
                    case "best-validation" -> "weights of the least validation objective";
                    default -> family.weights() + " weights";
                };
    }
}
