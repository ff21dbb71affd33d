package org.espalier.dynamic;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.random.Stream;

/** Chooses weights by score, exactly as many as asked for; equal scores by a random draw. Not for several threads at once. */
public final class Selection {
    private static final int DIGITS = 16;
    private final int[] counts = new int[1 << DIGITS];
    private int below;

    /**
     * The k-th smallest of some keys, which are compared as unsigned. Allocates nothing.
     *
     * @param keys of which the first {@code size} count
     * @param k from 1 to {@code size}
     */
    public int smallest(int[] keys, int size, int k) {
        if (k < 1 || k > size) {
            throw new IllegalArgumentException("element " + k + " of " + size + " was asked for");
        }
        Arrays.fill(counts, 0);
        for (int i = 0; i < size; i++) {
            counts[keys[i] >>> DIGITS]++;
        }
        below = 0;
        int high = reach(k);
        Arrays.fill(counts, 0);
        for (int i = 0; i < size; i++) {
            if (keys[i] >>> DIGITS == high) {
                counts[keys[i] & 0xffff]++;
            }
        }
        return high << DIGITS | reach(k);
    }

    /** The digit at which so many keys are reached; {@link #below} then counts those before it. */
    private int reach(int k) {
        int digit = 0;
        while (below + counts[digit] < k) {
            below += counts[digit++];
        }
        return digit;
    }

    /** Number of keys below the one that {@link #smallest} found last. */
    public int below() {
        return below;
    }

    /** A key that orders, unsigned, as the float does; -0 equals +0, and numbers come before what is not a number. */
    public static int key(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ (bits >> 31 | Integer.MIN_VALUE);
    }

    /** As {@link #key}, for the size alone: of at least 0, so that it orders signed and unsigned. */
    public static int magnitude(float score) {
        return Float.floatToIntBits(score) & Integer.MAX_VALUE;
    }

    /**
     * The positions of the lowest keys.
     *
     * @param among positions to choose from
     * @param keys (position)
     * @param count at least 0; more than there are means all
     * @param ties read at positions, where keys are equal
     */
    public BitSet lowest(BitSet among, int[] keys, int count, Stream ties) {
        int size = among.cardinality();
        if (count >= size) {
            return (BitSet) among.clone();
        }
        BitSet chosen = new BitSet();
        if (count == 0) {
            return chosen;
        }
        int[] present = new int[size];
        int next = 0;
        for (int at = among.nextSetBit(0); at >= 0; ) {
            int end = among.nextClearBit(at);
            System.arraycopy(keys, at, present, next, end - at);
            next += end - at;
            at = among.nextSetBit(end);
        }
        int cut = smallest(present, size, count);
        int wanted = count - below;
        long[] equal = new long[present(present, size, cut)];
        int equals = 0;
        for (int at = among.nextSetBit(0); at >= 0; ) {
            int end = among.nextClearBit(at);
            for (; at < end; at++) {
                int order = Integer.compareUnsigned(keys[at], cut);
                if (order < 0) {
                    chosen.set(at);
                } else if (order == 0) {
                    equal[equals++] = at;
                }
            }
            at = among.nextSetBit(end);
        }
        if (wanted < equals) {
            for (int i = 0; i < equals; i++) {
                equal[i] |= ties.bits(equal[i]) & 0xffffffff00000000L;
            }
            Arrays.sort(equal, 0, equals);
        }
        for (int i = 0; i < wanted; i++) {
            chosen.set((int) equal[i]);
        }
        return chosen;
    }

    private static int present(int[] keys, int size, int wanted) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += keys[i] == wanted ? 1 : 0;
        }
        return count;
    }

    /** The positions of the highest keys, as {@link #lowest}. */
    public BitSet highest(BitSet among, int[] keys, int count, Stream ties) {
        int[] inverted = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            inverted[i] = ~keys[i];
        }
        return lowest(among, inverted, count, ties);
    }

    /** A uniformly random choice. */
    public BitSet random(BitSet among, int count, Stream draws) {
        return lowest(among, new int[among.length()], count, draws);
    }
}
