package org.espalier.dynamic;

/** Which empty places of a layer get a weight. */
public enum Growth {
    /** A random choice. */
    RANDOM,
    /** Those of the largest absolute gradient. */
    GRADIENT,
    /** Those of the largest absolute mean of past gradients. */
    MOMENTUM
}
