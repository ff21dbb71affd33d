package org.espalier.attack;

/** Checks that attacks share. */
final class Settings {
    private Settings() {}

    static void notNegative(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("an attack's " + name + " must be finite and at least 0, got " + value);
        }
    }
}
