package org.espalier.dynamic;

/** Half a cosine. */
public final class Cosine {
    private Cosine() {}

    /** From {@code first} at 0 to {@code last} at {@code end}. */
    public static double at(double t, double end, double first, double last) {
        return last + (first - last) / 2 * (1 + StrictMath.cos(Math.PI * t / end));
    }
}
