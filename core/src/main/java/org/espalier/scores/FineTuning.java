package org.espalier.scores;

/** The weights that training under a learnt mask begins with. */
public enum FineTuning {
    /** The frozen ones. */
    INHERITED,
    /** A fresh draw: the frozen ones of each layer in a random order, so from the distribution that they came from. */
    REDRAWN
}
