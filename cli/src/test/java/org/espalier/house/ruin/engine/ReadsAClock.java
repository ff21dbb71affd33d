package org.espalier.house.ruin.engine;

/** A result that depends on the time of day. */
final class ReadsAClock {
    long call() {
        return System.nanoTime() + System.currentTimeMillis();
    }
}
