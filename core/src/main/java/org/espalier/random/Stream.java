package org.espalier.random;

/**
 * A stream of random words, identified by a 64-bit key and read at explicit positions.
 *
 * <p>All randomness in Espalier comes from one root stream per experiment seed; every use derives its own
 * stream by naming it, e.g. {@code Stream.root(seed).child("trial").child(3).child("initial weights")}. A
 * stream has no state: resuming a search needs no generator state, and results do not depend on the order in
 * which threads ask.
 *
 * @param key0 first key word
 * @param key1 second key word
 */
public record Stream(int key0, int key1) {
    /** The stream that an experiment's seed names. */
    public static Stream root(long seed) {
        return new Stream((int) seed, (int) (seed >>> 32)).child("espalier");
    }

    /** The stream for one numbered use (trial, level, step, ...) below this one. */
    public Stream child(long index) {
        long block = Threefry.block(key0, key1, (int) index, (int) (index >>> 32));
        // A second key keeps numbered children apart from this stream's own words.
        block = Threefry.block((int) block ^ 0x63686c64, (int) (block >>> 32), key0, key1);
        return new Stream((int) block, (int) (block >>> 32));
    }

    /** The stream for one named purpose below this one. The name's UTF-16 units are hashed (FNV-1a, 64 bits). */
    public Stream child(String purpose) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < purpose.length(); i++) {
            hash = (hash ^ purpose.charAt(i)) * 0x100000001b3L;
        }
        return child(hash | Long.MIN_VALUE);
    }

    /** The 64 random bits at a position. */
    public long bits(long position) {
        return Threefry.block(key0, key1, (int) position, (int) (position >>> 32));
    }

    /** A float uniform in [0, 1), a multiple of 2^-24, at a position. */
    public float uniform(long position) {
        return toUnit((int) bits(position));
    }

    /** An integer uniform in [0, bound) at a position; bias is below bound / 2^64. */
    public int below(int bound, long position) {
        return (int) Math.unsignedMultiplyHigh(bits(position), bound);
    }

    /** The float in [0, 1) that a random word stands for: its upper 24 bits as a fraction. */
    public static float toUnit(int word) {
        return (word >>> 8) * 0x1p-24f;
    }

    /** A uniformly random permutation of 0 .. size-1 (Fisher-Yates over this stream's positions). */
    public int[] permutation(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        for (int i = size - 1; i > 0; i--) {
            int j = below(i + 1, i);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
