package org.espalier.report.result;

import java.util.List;
import java.util.OptionalInt;
import org.espalier.report.notation.Numbers;

/**
 * Early stopping: the iteration at which the validation objective was least (the earliest one, if several
 * are equal). Test data never takes part in the choice.
 *
 * <p>The validation objective is the training objective's own mixture of validation losses:
 * {@code (1 - share) * natural + share * adversarial}; with natural training the share is 0 and no attack is needed. Where
 * training is on bounds, the adversarial loss is that of the worst cases that they allow, and mixture and radius are those that
 * training ends with.
 *
 * <p>Where accuracies are of the per-example worst case, the attacked loss says little: of a broken image only that it is broken.
 * The objective is then the robust error on validation images, which Rice, Wong and Kolter, "Overfitting in adversarially robust
 * deep learning" (2020), section 3, stop by.
 *
 * @param share weight of the adversarial part, 0 to 1
 * @param attack the name of the training's attack or bound; not used when the share is 0
 * @param byError whether the adversarial part is the error under the attack rather than the loss
 */
public record EarlyStop(double share, String attack, boolean byError) {
    /** The rule of losses. */
    public EarlyStop(double share, String attack) {
        this(share, attack, false);
    }

    /** The rule of the worst case: least error under the attack. */
    public static EarlyStop error(String attack) {
        return new EarlyStop(1, attack, true);
    }

    /** The rule for natural training: least natural validation loss. */
    public static EarlyStop natural() {
        return new EarlyStop(0, Point.NATURAL);
    }

    /**
     * The chosen iteration, or nothing when no iteration has all the validation losses that the objective needs.
     * A loss that is not a finite number is never chosen.
     */
    public OptionalInt iteration(Series series) {
        // Points are in order, so one pass is enough; a grid asks this of thousands of levels.
        int chosen = -1;
        double least = Double.POSITIVE_INFINITY;
        List<Point> points = series.points();
        for (int start = 0; start < points.size(); ) {
            int iteration = points.get(start).iteration();
            double natural = share == 1 ? 0 : Double.NaN;
            double adversarial = share == 0 ? 0 : Double.NaN;
            int next = start;
            for (; next < points.size() && points.get(next).iteration() == iteration; next++) {
                Point point = points.get(next);
                if (!point.split().equals(Point.VALIDATION)) {
                    continue;
                }
                if (share < 1 && point.attack().equals(Point.NATURAL)) {
                    natural = point.loss();
                } else if (share > 0 && point.attack().equals(attack)) {
                    adversarial = byError ? 1 - point.accuracy() : point.loss();
                }
            }
            double objective = (1 - share) * natural + share * adversarial;
            // The earliest of equals stays.
            if (Double.isFinite(objective) && objective < least) {
                least = objective;
                chosen = iteration;
            }
            start = next;
        }
        return chosen < 0 ? OptionalInt.empty() : OptionalInt.of(chosen);
    }

    /** The rule in words. */
    public String describe() {
        if (share == 0) {
            return "least natural validation loss";
        }
        if (byError) {
            return "least validation error under " + attack;
        }
        if (share == 1) {
            return "least validation loss under " + attack;
        }
        return "least validation loss, " + Numbers.shortest(1 - share) + " natural + " + Numbers.shortest(share) + " "
                + attack;
    }
}
