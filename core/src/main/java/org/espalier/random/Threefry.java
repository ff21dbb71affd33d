package org.espalier.random;

/**
 * Threefry-2x32 with 20 rounds, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3" (SC 2011).
 *
 * <p>A pure function of a 64-bit key and a 64-bit counter: there is no state to save, and any word can be
 * computed at any time, by any thread, on any machine. It needs additions, rotations and exclusive-ors of
 * 32-bit words only, so the vector engine computes a register of words at once with the same result.
 */
public final class Threefry {
    /** Key-schedule parity constant of the Threefish family (32-bit form). */
    public static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /**
     * Both output words, the first in the low half.
     *
     * @param key0 first key word
     * @param key1 second key word
     * @param counter0 first counter word
     * @param counter1 second counter word
     * @return {@code word0 | word1 << 32}
     */
    public static long block(int key0, int key1, int counter0, int counter1) {
        int key2 = PARITY ^ key0 ^ key1;
        int x0 = counter0 + key0;
        int x1 = counter1 + key1;
        // Four rounds and a key injection, five times. Rotations 13 15 26 6 and 17 29 16 24 alternate.
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 13) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 15) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 26) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 6) ^ x0;
        x0 += key1;
        x1 += key2 + 1;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 17) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 29) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 16) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 24) ^ x0;
        x0 += key2;
        x1 += key0 + 2;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 13) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 15) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 26) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 6) ^ x0;
        x0 += key0;
        x1 += key1 + 3;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 17) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 29) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 16) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 24) ^ x0;
        x0 += key1;
        x1 += key2 + 4;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 13) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 15) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 26) ^ x0;
        x0 += x1;
        x1 = Integer.rotateLeft(x1, 6) ^ x0;
        x0 += key2;
        x1 += key0 + 5;
        return Integer.toUnsignedLong(x0) | (long) x1 << 32;
    }
}
