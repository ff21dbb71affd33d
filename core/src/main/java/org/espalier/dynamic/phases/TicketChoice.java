package org.espalier.dynamic.phases;

/** The ticket whose weights a dense network inherits. */
public enum TicketChoice {
    /** The largest weights of each layer of a network that was trained densely before. */
    LARGEST,
    /** A random mask: the baseline. */
    RANDOM
}
