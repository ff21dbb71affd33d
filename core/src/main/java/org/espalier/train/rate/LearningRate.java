package org.espalier.train.rate;

/**
 * The learning rate of one level's updates, as a factor of the optimizer's: a schedule, times a linear warm-up. Update t of the
 * level is update {@code firstUpdate + t} of both. Past its end a schedule keeps its last value.
 *
 * @param iterations length of the schedule in updates, at least 1
 * @param warmUp updates of the warm-up, at least 0: update p, counted from 0, has the factor min(1, (p + 1) / warmUp)
 * @param firstUpdate where in the schedule the level begins, at least 0: k if its weights are those of iteration k (Renda,
 *     Frankle and Carbin, "Comparing rewinding and fine-tuning in neural network pruning", 2020)
 */
public record LearningRate(RateSchedule schedule, int iterations, int warmUp, int firstUpdate) {
    /** The optimizer's rate at every update. */
    public static final LearningRate CONSTANT = new LearningRate(new ConstantRate(), 1, 0, 0);

    public LearningRate {
        if (iterations < 1 || warmUp < 0 || firstUpdate < 0) {
            throw new IllegalArgumentException(
                    "a learning rate needs at least 1 iteration, and a warm-up and a first update"
                            + " of at least 0, got " + iterations + ", " + warmUp + " and " + firstUpdate);
        }
    }

    /**
     * The factor of the optimizer's rate. Allocates nothing.
     *
     * @param update updates of the level before this one, at least 0
     */
    public double factor(int update) {
        long position = (long) firstUpdate + update;
        double factor = schedule.factor((int) Math.min(position, iterations), iterations);
        return position + 1 < warmUp ? factor * (position + 1) / warmUp : factor;
    }
}
