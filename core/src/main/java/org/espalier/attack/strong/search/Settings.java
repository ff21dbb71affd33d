package org.espalier.attack.strong.search;

/** Checks of attacks' settings. */
public final class Settings {
    private Settings() {}

    public static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("an attack's " + name + " must be at least " + least + ", got " + value);
        }
    }

    public static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "an attack's " + name + " must lie in " + least + " .. " + most + ", got " + value);
        }
    }

    public static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("an attack's " + name + " must be finite and above 0, got " + value);
        }
    }
}
