package org.espalier.evaluate.certify;

/** The result for one input under one threat model. */
public enum Decision {
    /** No perturbation within the threat model changes the class. */
    VERIFIED("verified"),
    /** A counterexample is known, or the clean input is classified wrong. */
    FALSIFIED("falsified"),
    /** Undecided within the limits. */
    UNKNOWN("unknown");

    private final String label;

    Decision(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
