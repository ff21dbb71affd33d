package org.espalier.lab.runner;

import java.util.List;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.TrialId;

/**
 * How a run ended.
 *
 * @param stopped whether it was stopped before its end; running again continues
 * @param trained levels that this run finished
 * @param failed trials that diverged, in this run or before
 */
public record RunOutcome(boolean stopped, int trained, List<FailedTrial> failed) {
    public RunOutcome {
        failed = List.copyOf(failed);
    }

    /** A trial that diverged, and at which level. */
    public record FailedTrial(TrialId trial, int level, Failure failure) {
        @Override
        public String toString() {
            return trial + " ended at level " + level + ", iteration " + failure.iteration() + ": " + failure.reason();
        }
    }
}
