package org.espalier.train.mask;

/**
 * A run of updates with an optimizer of its own: its number of an update and its schedule of the learning rate begin with it.
 *
 * @param first updates of the level before the phase, at least 0
 * @param length updates of the phase, at least 1
 * @param rate factor of the optimizer's learning rate, above 0
 */
public record Phase(int first, int length, double rate) {
    public Phase {
        if (first < 0 || length < 1 || !(rate > 0)) {
            throw new IllegalArgumentException("a phase begins at update 0 or later, has at least 1 update and a rate"
                    + " above 0, got " + first + ", " + length + " and " + rate);
        }
    }
}
