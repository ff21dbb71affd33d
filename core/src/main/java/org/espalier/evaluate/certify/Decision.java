package org.espalier.evaluate.certify;

/** What is known of one input under one threat model. */
public enum Decision {
    /** Nothing within the threat model changes the class. */
    VERIFIED("verified"),
    /** A counterexample is known, or the clean input itself is given another class. */
    FALSIFIED("falsified"),
    /** Neither could be shown within the limits. */
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
