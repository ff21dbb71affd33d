package org.espalier.evaluate.rules;

import java.util.Collection;

/** The verdict of one rule, or of all rules, on a robustness figure, from best to worst. */
public enum Verdict {
    /** The rule is kept. */
    PASS("pass"),
    /** The rule's data were not measured. */
    NOT_CHECKED("not checked"),
    /** The figure may be too high. It is shown with this mark. */
    UNRELIABLE("unreliable"),
    /** The figure or the evaluation is wrong. The figure must not be quoted. */
    REFUSED("refused");

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    /**
     * The worst of several; {@link #NOT_CHECKED} if there are none. A rule that was not checked prevents a pass, except
     * the optional rules ({@link Rule#CERTIFIED}, {@link Rule#STRONGEST}).
     *
     * <p>{@link #UNRELIABLE} means that the true accuracy may be lower. It does not count where certificates prove an
     * accuracy at most {@link Rules#CONVERGENCE} below the suite's, because the true accuracy then lies between the two.
     */
    public static Verdict worst(Collection<Finding> findings) {
        Verdict worst = findings.isEmpty() ? NOT_CHECKED : PASS;
        boolean bounded = findings.stream().anyMatch(Rules::boundedByCertificates);
        for (Finding finding : findings) {
            if (bounded && finding.verdict() == UNRELIABLE) {
                continue;
            }
            boolean counts = finding.verdict() != NOT_CHECKED || !finding.rule().optional();
            if (counts && finding.verdict().compareTo(worst) > 0) {
                worst = finding.verdict();
            }
        }
        return worst;
    }

    /** As in tables and files: {@code pass}, {@code not checked}, {@code unreliable}, {@code refused}. */
    @Override
    public String toString() {
        return label;
    }
}
