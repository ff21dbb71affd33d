package org.espalier.lab.study;

import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.ticket.Trial;
import org.espalier.train.TrainingSettings;

/**
 * A trial of a search, and what it was trained with.
 *
 * @param splits as training had them, the test images whole
 */
public record StudiedTrial(Store store, StoredTrial trial, Experiment.Objective objective, Splits splits) {
    static StudiedTrial of(Store store, StoredTrial trial, DataSet set) {
        Experiment experiment = store.experiment();
        Experiment.Objective objective = experiment.objectives().stream()
                .filter(each -> each.name().equals(trial.id().objective()))
                .findFirst()
                .orElseThrow();
        return new StudiedTrial(
                store,
                trial,
                objective,
                experiment.data().splits(set, experiment.data().validation(), experiment.seed()));
    }

    /** The experiment of the search. */
    public Experiment experiment() {
        return store.experiment();
    }

    /**
     * A level.
     *
     * @throws UserException if the trial has none of this number, or it is not trained
     */
    public StoredLevel level(int number) {
        if (number < 0 || number >= trial.levels().size()) {
            throw new UserException("level is " + number + ", expected 0 to "
                    + (trial.levels().size() - 1) + ", the levels of " + trial.id());
        }
        StoredLevel level = store.level(trial.levels().get(number));
        if (level.state() != LevelState.DONE) {
            throw new UserException(trial.id() + ", level " + number + " of " + store.directory()
                    + (level.state() == LevelState.FAILED ? " diverged" : " is not trained yet"));
        }
        return level;
    }

    /** The trained network of a level. */
    public StoredNetwork trained(int number) {
        return level(number).trained().orElseThrow();
    }

    /** The weights and mask that a level started from. */
    public StoredNetwork initial(int number) {
        return level(number).initial().orElseThrow();
    }

    /** Numbers of the trained levels, ascending. */
    public int[] levels() {
        return IntStream.range(0, trial.levels().size())
                .filter(number -> store.level(trial.levels().get(number)).state() == LevelState.DONE)
                .toArray();
    }

    /** How level 0 was trained. */
    public TrainingSettings training() {
        return ExperimentTranslator.training(
                experiment(), objective, 0, Strategy.of(trial.id().strategy()).restart());
    }

    /** The trial's random streams. */
    public Trial streams() {
        return Trial.of(experiment().seed(), trial.id().trial() - 1);
    }

    /**
     * The first images of a split.
     *
     * @param images wanted; all if there are fewer
     */
    public static Split first(Split split, int images) {
        return images >= split.size() ? split : split.part(split.name(), 0, images);
    }
}
