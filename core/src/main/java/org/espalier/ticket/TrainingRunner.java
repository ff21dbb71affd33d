package org.espalier.ticket;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;
import org.jspecify.annotations.Nullable;

/**
 * Trains levels in memory, one after the other on one engine, without a store.
 *
 * @param iterations updates to a level
 * @param schedule when the observer is called
 * @param observer measures each level as it trains
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
    /** Measures a level at the moments of a schedule. */
    @FunctionalInterface
    public interface Observer {
        /**
         * Called with the present weights in the engine, which must not be changed.
         *
         * @return measurements, which the level's outcome lists; empty if there are none
         */
        List<Measurement> at(Level level, EvaluationSchedule.Moment moment, Engine engine);

        /** Measures nothing. */
        static Observer none() {
            return (_, _, _) -> List.of();
        }

        /**
         * Measures on a split, with the noise of each level's stream.
         *
         * @param trial the search's
         * @param split never the test split, if a choice depends on the measurements
         */
        static Observer measuring(Trial trial, EvaluationSettings settings, Split split) {
            return (level, moment, engine) ->
                    new Evaluator(engine, settings).measure(moment.label(), split, 0, trial.level(level.number()));
        }
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
        List<Measurement> measurements = new ArrayList<>();
        int next = 0;
        @Nullable Weights snapshot = null;
        while (true) {
            for (; next < moments.size() && moments.get(next).updates() == trainer.iteration(); next++) {
                measurements.addAll(observer.at(level, moments.get(next), engine));
            }
            if (snapshotAt.isPresent() && snapshotAt.getAsInt() == trainer.iteration()) {
                snapshot = trainer.state().weights();
            }
            if (trainer.iteration() == iterations) {
                return new LevelOutcome(trainer.state().weights(), snapshot, measurements);
            }
            trainer.step();
        }
    }
}
