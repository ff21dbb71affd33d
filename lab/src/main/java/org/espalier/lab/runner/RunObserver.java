package org.espalier.lab.runner;

import java.util.List;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.TrialId;

/**
 * Receives the progress of a run. The threads that train call it, so implementations must be fast and thread-safe. It
 * cannot change a result.
 */
public interface RunObserver {
    /** Ignores all calls. */
    RunObserver NONE = new RunObserver() {};

    /**
     * A level in work.
     *
     * @param key its key in the store
     * @param trial the first trial that needs it
     * @param number 0 is the dense level
     * @param lastLevel number of the trial's last level
     * @param density fraction of the weights that survive
     * @param iterations updates that it will have
     */
    record LevelInWork(String key, TrialId trial, int number, int lastLevel, double density, int iterations) {}

    /**
     * The run is planned and begins.
     *
     * @param chains number of chains: levels of one data set, objective, strategy and trial
     * @param levels numbers of the experiment's levels, shared ones counted once
     * @param waiting numbers of those that are neither done nor diverged
     */
    default void planned(int chains, List<Integer> levels, List<Integer> waiting) {}

    /** A level begins, or continues at an iteration. */
    default void started(LevelInWork level, int iteration) {}

    /** A level has reached an iteration; called a few times a second. */
    default void reached(LevelInWork level, int iteration) {}

    /** A level was measured on one split. */
    default void measured(LevelInWork level, List<Measurement> measurements) {}

    /** A level's checkpoint was written; called on the thread that trains it, which waits. */
    default void checkpointed(LevelInWork level, int iteration) {}

    /** A level is done. */
    default void finished(LevelInWork level) {}

    /** A level's training diverged; its trials end here. */
    default void failed(LevelInWork level, Failure failure) {}

    /** A level was put aside at an iteration, because the run was stopped. */
    default void stopped(LevelInWork level, int iteration) {}

    /** A warning in one sentence. */
    default void warned(String sentence) {}
}
