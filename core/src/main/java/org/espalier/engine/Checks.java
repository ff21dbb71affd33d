package org.espalier.engine;

import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** What both engines refuse. */
final class Checks {
    private Checks() {}

    static void fits(Architecture architecture, Weights weights, Mask mask) {
        if (!weights.architecture().equals(architecture) || !mask.architecture().equals(architecture)) {
            throw new IllegalArgumentException("an engine for a network " + architecture + " was given weights of "
                    + weights.architecture() + " and a mask of " + mask.architecture());
        }
    }
}
