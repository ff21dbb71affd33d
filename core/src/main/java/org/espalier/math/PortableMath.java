package org.espalier.math;

/**
 * exp for arguments up to 0, as the softmax needs it: one sequence of float32 operations that scalar and vector
 * code share, so that both give the same bits on every machine. Arguments below {@value #LOWEST} give
 * exp({@value #LOWEST}), about 1.6e-38. Error below 2 units in the last place.
 */
public final class PortableMath {
    public static final float LOWEST = -87f;
    public static final float LOG2_E = 1.44269504f;
    /** 1.5 x 2^23: adding it rounds to an integer, which then stands in the low bits. */
    public static final float MAGIC = 12582912f;

    public static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);
    /** ln 2 in two parts (Cody and Waite): the first has trailing zeros, so n times it is exact. */
    public static final float LN2_HIGH = 0.693359375f;

    public static final float LN2_LOW = -2.12194440e-4f;
    // Minimax polynomial of (exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2, from Cephes's expf.
    public static final float C0 = 1.9875691500e-4f;
    public static final float C1 = 1.3981999507e-3f;
    public static final float C2 = 8.3334519073e-3f;
    public static final float C3 = 4.1665795894e-2f;
    public static final float C4 = 1.6666665459e-1f;
    public static final float C5 = 5.0000001201e-1f;

    private PortableMath() {}

    /** exp of an argument of at most 0. */
    public static float exp(float argument) {
        float x = argument < LOWEST ? LOWEST : argument;
        float shifted = Math.fma(x, LOG2_E, MAGIC);
        float n = shifted - MAGIC;
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(C0, r, C1);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r * r, r) + 1f;
        int scaled = Float.floatToRawIntBits(p) + ((Float.floatToRawIntBits(shifted) - MAGIC_BITS) << 23);
        return Float.intBitsToFloat(scaled);
    }
}
