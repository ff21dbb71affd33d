package org.espalier.house.ruin.engine;

/** Named as the class that the rule is about. */
public final class ActivationPanels {
    /** The address of a row. */
    public long row(int panel, int feature) {
        return panel + feature;
    }
}
