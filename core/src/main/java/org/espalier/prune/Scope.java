package org.espalier.prune;

/** Among which weights the least valuable are sought. */
public enum Scope {
    /** In each layer on its own, each with its own fraction. */
    LAYER,
    /** In the whole network at once; all layers' fractions must be the same, or 0 for the output layer, which then stays whole. */
    GLOBAL,
    /** Among the weights of each output, a row of the layer's matrix, with the layer's fraction. */
    NEURON
}
