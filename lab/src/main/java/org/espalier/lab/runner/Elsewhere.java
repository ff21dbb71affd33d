package org.espalier.lab.runner;

import org.espalier.lab.store.StoreWriter;

/** Trains the levels of a search on other machines, and brings them to the search's directory. */
public interface Elsewhere {
    /**
     * Trains all levels that are missing, until all are done or failed, or until stopped.
     *
     * @param work the search, planned
     * @param store the search's directory, locked by the caller
     * @param observer receives the progress
     * @return levels that were finished
     * @throws org.espalier.UserException if levels cannot be trained or brought here. What is finished stays
     */
    int train(LevelWork work, StoreWriter store, RunObserver observer);

    /** Stops: levels in work are put aside with a checkpoint. Safe to call from any thread, at any time. */
    void stop();
}
