package org.espalier.evaluate;

import java.util.ArrayList;
import java.util.List;

/** When to measure during a level's training. */
public sealed interface EvaluationSchedule {
    /**
     * A moment to measure at.
     *
     * @param updates updates done by then
     * @param label the iteration that the measurement is filed under
     */
    record Moment(int updates, int label) {}

    /** All moments of a level of so many updates, in order. */
    List<Moment> moments(int iterations);

    /**
     * Before the first update, after every {@code interval} updates and at the end: 101 moments for 50,000 updates and
     * an interval of 500.
     *
     * @param interval updates, at least 1
     */
    record Every(int interval) implements EvaluationSchedule {
        public Every {
            atLeastOne("the evaluation interval", interval);
        }

        @Override
        public List<Moment> moments(int iterations) {
            List<Moment> moments = new ArrayList<>();
            for (long updates = 0; updates < iterations; updates += interval) {
                moments.add(new Moment((int) updates, (int) updates));
            }
            moments.add(new Moment(iterations, iterations));
            return moments;
        }
    }

    /**
     * As the paper's published code: after the first update of every epoch and every {@code interval} updates from
     * there, counted anew in each epoch; the moments are filed under 0, {@code interval}, 2 {@code interval} and so on.
     * With an interval of 500 and 834 batches to an epoch that is after updates 1 and 501 of each epoch, and what is
     * filed under 30,000 was measured after 25,021 updates.
     *
     * @param interval updates, at least 1
     * @param batchesPerEpoch updates in an epoch, at least 1
     */
    record AsPublished(int interval, int batchesPerEpoch) implements EvaluationSchedule {
        public AsPublished {
            atLeastOne("the evaluation interval", interval);
            atLeastOne("the number of batches in an epoch", batchesPerEpoch);
        }

        @Override
        public List<Moment> moments(int iterations) {
            List<Moment> moments = new ArrayList<>();
            for (int update = 0; update < iterations; update++) {
                if (update % batchesPerEpoch % interval == 0) {
                    moments.add(new Moment(update + 1, moments.size() * interval));
                }
            }
            return moments;
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, got " + value);
        }
    }
}
