package org.espalier.report.verdict;

import org.espalier.UserException;
import org.espalier.report.notation.Numbers;

/**
 * On what terms a network counts as not worse than another.
 *
 * @param confidence of tests (one-sided, at error rate 1 - confidence, after Holm's correction) and of intervals
 *     (two-sided), between 0.5 and 1
 * @param margin the loss of accuracy that does not count, 0 to 1 exclusive, e.g. 0.005 for half a percentage point
 */
public record Terms(double confidence, double margin) {
    /** 95 % confidence and half a percentage point. */
    public static final Terms USUAL = new Terms(0.95, 0.005);

    public Terms {
        if (!(confidence > 0.5 && confidence < 1)) {
            throw new UserException("the confidence is " + confidence + ", expected more than 0.5 and less than 1");
        }
        if (!(margin >= 0 && margin < 1)) {
            throw new UserException(
                    "the margin is " + margin + ", expected a share from 0 to less than 1, as 0.005 for half a point");
        }
    }

    /** The margin as a reader is told it, e.g. {@code 0.5 points}. */
    public String points() {
        return Numbers.plain(margin * 100) + (margin == 0.01 ? " point" : " points");
    }

    /** The error rate that a test may have. */
    public double level() {
        return 1 - confidence;
    }
}
