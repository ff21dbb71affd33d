package org.espalier.ticket;

/** The fraction to prune at each level. {@link ScheduleKind} makes one of an experiment's settings. */
public interface Schedule {
    /**
     * The fraction of a layer's survivors to prune at one level. All levels together keep {@code (1 - fraction)^levels} of
     * the layer, apart from rounding to whole weights.
     *
     * @param fraction the fraction in [0, 1] if every level pruned the same
     * @param level from 1 to {@code levels}
     * @param levels prunings after the dense level
     * @return in [0, 1]; the same bits on every machine, as keys of stored levels contain it
     */
    double fraction(double fraction, int level, int levels);

    /**
     * The share of {@code training.iterations} that a level trains for. What the training counts in updates is shortened alike.
     *
     * @param level from 1 to {@code levels}
     * @param levels number of the last level
     * @return above 0 and at most 1
     */
    default double length(int level, int levels) {
        return 1;
    }
}
