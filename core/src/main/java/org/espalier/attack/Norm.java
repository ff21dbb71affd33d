package org.espalier.attack;

/** How the size of a perturbation is measured. */
public enum Norm {
    /** The largest change of any input. */
    LINF("l-infinity"),
    /** The Euclidean length of the change. */
    L2("l2"),
    /** The sum of absolute changes. */
    L1("l1");

    private final String label;

    Norm(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
