package org.espalier.house.ruin.prune;

import jdk.incubator.vector.FloatVector;

/** Vectors outside the engine. */
final class UsesVectors {
    FloatVector call() {
        return FloatVector.zero(FloatVector.SPECIES_128);
    }
}
