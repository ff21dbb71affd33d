package org.espalier.train;

/**
 * How far an objective has come from what it starts with to what it ends with: 0 for {@code warmUp} updates, then rising for
 * {@code length} updates, then 1.
 *
 * @param warmUp updates before the rise, at least 0
 * @param length updates of the rise, at least 0
 */
public record Ramp(int warmUp, int length, Shape shape) {
    /** At its end from the first update on. */
    public static final Ramp NONE = new Ramp(0, 0, Shape.LINEAR);

    /** How it rises. */
    public enum Shape {
        /** In a straight line: Gowal et al. (2018), section 4. */
        LINEAR,
        /**
         * With the fourth power of the updates for a quarter of the length, then in a straight line that meets it with the
         * same slope; as {@code smooth_schedule} of Gowal et al.'s code, with its default of 4 and 0.25.
         */
        SMOOTHED
    }

    public Ramp {
        if (warmUp < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "a ramp's warm-up and length must be at least 0, got " + warmUp + " and " + length);
        }
    }

    /** How far an update has come, in [0, 1]; the first update is 0. */
    public double progress(int update) {
        long done = (long) update - warmUp;
        if (done >= length) {
            return 1;
        } else if (done <= 0) {
            return 0;
        }
        double part = (double) done / length;
        return switch (shape) {
            case LINEAR -> part;
            // a t^4 until 1/4, then a / 256 + a / 16 (t - 1/4): 1 at t = 1 for a = 256 / 13.
            case SMOOTHED -> part < 0.25 ? 256 * part * part * part * part / 13 : (16 * part - 3) / 13;
        };
    }
}
