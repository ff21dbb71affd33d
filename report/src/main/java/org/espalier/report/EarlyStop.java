package org.espalier.report;

import java.util.Comparator;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Early stopping: the iteration at which the validation objective was least (the earliest one, if several
 * are equal). Test data never takes part in the choice.
 *
 * <p>The validation objective is the training objective's own mixture of validation losses:
 * {@code (1 - share) * natural + share * adversarial}; with natural training the share is 0 and no attack is needed.
 *
 * @param share weight of the adversarial loss, 0 to 1
 * @param attack the training attack's name; not used when the share is 0
 */
public record EarlyStop(double share, String attack) {
    /** The rule for natural training: least natural validation loss. */
    public static EarlyStop natural() {
        return new EarlyStop(0, Point.NATURAL);
    }

    /**
     * The chosen iteration, or nothing when no iteration has all the validation losses that the objective needs.
     * A loss that is not a finite number is never chosen.
     */
    public OptionalInt iteration(Series series) {
        record Scored(int iteration, double objective) {}

        var iterations = new TreeSet<Integer>();
        series.points().forEach(p -> iterations.add(p.iteration()));
        return iterations.stream()
                .map(i -> new Scored(i, objective(series, i)))
                .filter(s -> Double.isFinite(s.objective()))
                // Streams keep encounter order and min keeps the first of equals: the earliest iteration wins.
                .min(Comparator.comparingDouble(Scored::objective))
                .map(s -> OptionalInt.of(s.iteration()))
                .orElse(OptionalInt.empty());
    }

    /** The rule in words. */
    public String describe() {
        if (share == 0) {
            return "least natural validation loss";
        }
        if (share == 1) {
            return "least validation loss under " + attack;
        }
        return "least validation loss, " + ResultsCsv.number(1 - share) + " natural + " + ResultsCsv.number(share) + " "
                + attack;
    }

    /** The validation objective at an iteration; NaN where a needed loss was not measured. */
    private double objective(Series series, int iteration) {
        double natural = share == 1 ? 0 : loss(series, iteration, Point.NATURAL);
        double adversarial = share == 0 ? 0 : loss(series, iteration, attack);
        return (1 - share) * natural + share * adversarial;
    }

    private static double loss(Series series, int iteration, String attack) {
        return series.at(iteration, Point.VALIDATION, attack).map(Point::loss).orElse(Double.NaN);
    }
}
