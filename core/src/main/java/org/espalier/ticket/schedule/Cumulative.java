package org.espalier.ticket.schedule;

import org.espalier.ticket.Schedule;

/** A schedule that says what is left after each level. */
interface Cumulative extends Schedule {
    /**
     * What is left of a layer after a level.
     *
     * @param last what the last level leaves, in [0, 1]
     * @param level from 1 to {@code levels}
     * @return in [last, 1], not rising from level to level; at the last level {@code last}
     */
    double kept(double last, int level, int levels);

    @Override
    default double fraction(double fraction, int level, int levels) {
        // StrictMath: the fractions enter keys of stored levels.
        double last = levels == 1 ? 1 - fraction : StrictMath.pow(1 - fraction, levels);
        double before = level == 1 ? 1 : kept(last, level - 1, levels);
        return before == 0 ? 0 : Math.clamp(1 - kept(last, level, levels) / before, 0, 1);
    }
}
