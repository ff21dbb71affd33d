package org.espalier.house.ruin.attack;

import java.util.concurrent.ThreadLocalRandom;

/** Randomness that no seed names. */
final class DrawsAnywhere {
    double call() {
        return Math.random() + ThreadLocalRandom.current().nextDouble();
    }
}
