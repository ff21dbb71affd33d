package org.espalier.report.verdict;

import java.util.OptionalDouble;
import org.espalier.report.statistics.Paired;

/**
 * One pruned level beside the dense network of the same trials, each at its own early stop, on test images.
 *
 * @param level from 1
 * @param density share of weights remaining, 0 to 1
 * @param natural differences of natural accuracy, pruned less dense, one a trial, -1 to 1
 * @param adversarial differences of accuracy under the attack
 * @param iterations differences of the iteration stopped at; no trials where there is no early stopping
 * @param p the larger of both accuracies' p values of being worse than the dense network by more than the margin: both
 *     have to be small; empty where the trials give no test, and from the first level on at which a trial diverged
 * @param adjusted the same after Holm's correction for all densities that were tested
 * @param standing what it amounts to
 */
public record Comparison(
        int level,
        double density,
        Paired natural,
        Paired adversarial,
        Paired iterations,
        OptionalDouble p,
        OptionalDouble adjusted,
        Standing standing) {
    /** What a comparison amounts to. */
    public enum Standing {
        /** A winning robust ticket: shown to be not worse in both accuracies, and stops no later on average. */
        WINS,
        /** Shown to be not worse in both accuracies, but stops later on average. */
        LATER,
        /** Shown to be not worse in both accuracies; there is no early stopping to compare. */
        UNTIMED,
        /** Not shown to be not worse; its means are within the margin, so more trials might show it. */
        OPEN,
        /** Not shown to be not worse, and by its means it is worse by more than the margin. */
        WORSE,
        /** At least one trial's training ended in a loss that is no number, at this level or before. */
        DIVERGED,
        /** The network of some trial is no better than naming the most frequent class, as one that names a single class. */
        CHANCE,
        /** The rules refuse the figure of some trial, or of its dense network. */
        REFUSED,
        /** The rules call the figure of some trial unreliable: the true one may be lower. */
        UNRELIABLE,
        /** The rules' own attacks were not run, so that a weak suite would leave as much. */
        NOT_CHECKED,
        /** A trained trial of the level, or its dense network, was not evaluated. */
        NOT_EVALUATED,
        /** Another evaluation in the same ball shows it to be worse by more than the margin. */
        WITHDRAWN,
        /** The dense network itself withstands the attack no better than guessing: there is nothing to keep. */
        NOTHING_TO_KEEP;

        /** Whether the comparison is one of figures that may be quoted, of networks that are better than chance. */
        public boolean comparable() {
            return switch (this) {
                case WINS, LATER, UNTIMED, OPEN, WORSE -> true;
                default -> false;
            };
        }
    }

    /** Number of trials compared. */
    public int trials() {
        return natural.count();
    }

    /** Whether the means, taken for exact, make this a winning ticket. */
    public boolean winsByMeans(double margin) {
        return natural.mean() >= -margin
                && adversarial.mean() >= -margin
                && (iterations.count() == 0 || iterations.mean() <= 0);
    }
}
