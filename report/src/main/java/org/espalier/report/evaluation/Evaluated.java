package org.espalier.report.evaluation;

import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.TrialId;

/**
 * A robustness evaluation and whose it is. A level that strategies share stands once for each of them.
 *
 * @param trial the chain that the network belongs to
 * @param level its place in the chain; 0 is the dense network
 */
public record Evaluated(TrialId trial, int level, StoredEvaluation evaluation) {
    /** Radius of the ball, as it was asked for: without the digits that a float picks up. */
    public double epsilon() {
        return plain(evaluation.threat().epsilon());
    }

    /** The double of the shortest decimal that is this float. */
    public static double plain(float number) {
        return Double.parseDouble(Float.toString(number));
    }
}
