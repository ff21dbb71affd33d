package org.espalier.evaluate;

/**
 * Result of one network on one split under one attack, or in the worst case of a bound.
 *
 * @param iteration updates before the measurement, or the number that {@link EvaluationSchedule} labels it with
 * @param split name of the split
 * @param attack name of the attack or bound, {@value #NATURAL} for clean inputs
 * @param correct examples whose predicted class is the true one; for a bound, on all inputs in the ball
 * @param examples examples in the split
 * @param loss mean cross-entropy in nats; NaN or infinite where the logits or the bounds are
 */
public record Measurement(int iteration, String split, String attack, int correct, int examples, double loss) {
    /** Name of measurements without attack. */
    public static final String NATURAL = "none";

    /** Correct over all, in [0, 1]. */
    public double accuracy() {
        return (double) correct / examples;
    }
}
