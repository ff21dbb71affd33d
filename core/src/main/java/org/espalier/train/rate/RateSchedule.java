package org.espalier.train.rate;

/** The course of the learning rate over a level's training. {@link RateScheduleKind} makes one of an experiment's settings. */
public interface RateSchedule {
    /**
     * The factor of the optimizer's learning rate at one update. Depends on its arguments alone, with the same bits on every
     * machine ({@link StrictMath} where {@link Math} may differ). Allocates nothing.
     *
     * @param update updates of the schedule before this one, from 0 to {@code iterations}; {@code iterations} stands for all
     *     updates after the schedule's end
     * @param iterations length of the schedule in updates, at least 1
     * @return at least 0 and finite
     */
    double factor(int update, int iterations);
}
