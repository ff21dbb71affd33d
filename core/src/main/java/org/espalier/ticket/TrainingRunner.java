package org.espalier.ticket;

import java.util.List;
import java.util.OptionalInt;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.jspecify.annotations.Nullable;

/**
 * Trains levels in memory, one after the other on one engine: all that a search needs that keeps nothing on disk.
 *
 * @param iterations updates to a level
 * @param schedule when the observer is called
 * @param observer sees each level as it trains
 */
public record TrainingRunner(
        Engine engine,
        Trial trial,
        Split training,
        TrainingSettings settings,
        int iterations,
        EvaluationSchedule schedule,
        Observer observer)
        implements LevelRunner {
    /** Sees a level at the moments of a schedule, e.g. to measure it. */
    @FunctionalInterface
    public interface Observer {
        /** Called with the weights of that moment in the engine, which must be left as they are. */
        void at(Level level, EvaluationSchedule.Moment moment, Engine engine);
    }

    @Override
    public LevelOutcome run(Level level, OptionalInt snapshotAt) {
        if (snapshotAt.orElse(0) > iterations) {
            throw new IllegalArgumentException("a level of " + iterations + " iterations has no weights at iteration "
                    + snapshotAt.getAsInt() + " to rewind to");
        }
        engine.load(level.start(), level.mask());
        Trainer trainer = new Trainer(engine, training, settings, trial.level(level.number()));
        List<EvaluationSchedule.Moment> moments = schedule.moments(iterations);
        int next = 0;
        @Nullable Weights snapshot = null;
        while (true) {
            for (; next < moments.size() && moments.get(next).updates() == trainer.iteration(); next++) {
                observer.at(level, moments.get(next), engine);
            }
            if (snapshotAt.isPresent() && snapshotAt.getAsInt() == trainer.iteration()) {
                snapshot = trainer.state().weights();
            }
            if (trainer.iteration() == iterations) {
                return new LevelOutcome(trainer.state().weights(), snapshot);
            }
            trainer.step();
        }
    }
}
