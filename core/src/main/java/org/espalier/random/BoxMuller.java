package org.espalier.random;

/**
 * Normal numbers at explicit positions of a {@link Stream}, by Box and Muller's transform of two words of one block. {@link Gaussian}
 * is faster; initial weights and what is drawn like them keep this form, since their bits are fixed.
 */
public final class BoxMuller {
    private BoxMuller() {}

    /**
     * A draw from N(0, deviation^2). StrictMath, so that every machine draws the same.
     *
     * @param deviation standard deviation, at least 0
     */
    public static double at(Stream stream, long position, double deviation) {
        long bits = stream.bits(position);
        double first = ((bits >>> 32) + 1) * 0x1p-32; // in (0, 1]
        double second = (bits & 0xffffffffL) * 0x1p-32;
        return deviation * Math.sqrt(-2 * StrictMath.log(first)) * StrictMath.cos(2 * Math.PI * second);
    }
}
