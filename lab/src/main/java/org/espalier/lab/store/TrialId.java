package org.espalier.lab.store;

/**
 * Names a trial: a chain of levels.
 *
 * @param dataset name of the data set
 * @param objective name of the training objective
 * @param strategy name of the restart strategy
 * @param trial number of the repetition, from 1
 */
public record TrialId(String dataset, String objective, String strategy, int trial) {
    @Override
    public String toString() {
        return dataset + " " + objective + " " + strategy + " trial " + trial;
    }
}
