package org.espalier.evaluate.rules;

import java.util.Collection;

/** What a rule, or all rules together, say of a robustness figure. The order is from good to bad. */
public enum Verdict {
    /** The rule is kept. */
    PASS("pass"),
    /** What the rule looks at was not measured. */
    NOT_CHECKED("not checked"),
    /** The figure may be too high: it is shown with this mark. */
    UNRELIABLE("unreliable"),
    /** The figure is wrong or the evaluation is: it must not be quoted. */
    REFUSED("refused");

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    /**
     * The worst of several; {@link #NOT_CHECKED} of none. What was not checked never adds up to a pass, but for certificates and other evaluations,
     * which need not be there ({@link Rule#CERTIFIED}, {@link Rule#STRONGEST}).
     */
    public static Verdict worst(Collection<Finding> findings) {
        Verdict worst = findings.isEmpty() ? NOT_CHECKED : PASS;
        for (Finding finding : findings) {
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
