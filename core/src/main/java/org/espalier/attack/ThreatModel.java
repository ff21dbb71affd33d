package org.espalier.attack;

/**
 * What an attacker may do to an input: move it by at most {@code epsilon} in {@code norm}, and stay in the box [0, 1].
 *
 * @param epsilon radius of the ball, in units of the inputs (pixels run from 0 to 1); finite and at least 0
 */
public record ThreatModel(Norm norm, float epsilon) {
    /** Longest decimal that nobody would rather read as a fraction. */
    private static final int SHORT = 5;

    public ThreatModel {
        if (!(epsilon >= 0) || Float.isInfinite(epsilon)) {
            throw new IllegalArgumentException(
                    "a threat model's epsilon must be finite and at least 0, got " + epsilon);
        }
    }

    /**
     * Whether this ball contains another one around the same input. At the same radius the L-infinity ball contains the
     * L2 ball, and the L2 ball contains the L1 ball.
     */
    public boolean holds(ThreatModel other) {
        return other.epsilon <= epsilon
                && (norm == other.norm || norm == Norm.LINF || norm == Norm.L2 && other.norm == Norm.L1);
    }

    /** A radius in words: {@code 8/255} where it is such a fraction and no short decimal, as 0.2, is the same number. */
    public static String radius(float epsilon) {
        String decimal = Float.toString(epsilon);
        long steps = Math.round(255.0 * epsilon);
        return decimal.length() > SHORT && steps > 0 && steps <= 255 && (float) (steps / 255.0) == epsilon
                ? steps + "/255"
                : decimal;
    }

    /** The ball in words, e.g. {@code l-infinity 8/255}. */
    @Override
    public String toString() {
        return norm + " " + radius(epsilon);
    }
}
