package org.espalier.house.ruin.evaluate;

/** A function that two machines may round differently. */
final class ComputesInexactly {
    double call(double x) {
        return Math.exp(x) + Math.sqrt(x);
    }
}
