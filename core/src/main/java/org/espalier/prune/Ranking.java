package org.espalier.prune;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToLongFunction;

/** Chooses the lowest of a list of scores, a given number of them. */
final class Ranking {
    private final long[] keys; // (candidate): ordered as its score

    /**
     * A list of candidates.
     *
     * @param scores (candidate) no NaN; -0 equals +0
     */
    Ranking(double[] scores) {
        keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            long bits = Double.doubleToLongBits(scores[i] + 0.0);
            keys[i] = bits ^ (bits >> 63 & Long.MAX_VALUE);
        }
    }

    private Ranking(long[] keys) {
        this.keys = keys;
    }

    /** Some of the candidates, as a list of their own. */
    Ranking part(int first, int size) {
        return new Ranking(Arrays.copyOfRange(keys, first, first + size));
    }

    /** Has a candidate chosen last of all. */
    void protect(int candidate) {
        keys[candidate] = Long.MAX_VALUE;
    }

    /**
     * The lowest candidates.
     *
     * @param count from 0 to the number of candidates
     * @param ties (candidate) of equal scores the lower goes first; equal ones go in the order of the list
     */
    BitSet lowest(int count, IntToLongFunction ties) {
        BitSet chosen = new BitSet(keys.length);
        if (count == 0) {
            return chosen;
        }
        long[] sorted = keys.clone();
        Arrays.sort(sorted);
        long cut = sorted[count - 1];
        int below = 0;
        int equal = 0;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] < cut) {
                chosen.set(i);
                below++;
            } else if (keys[i] == cut) {
                equal++;
            }
        }
        // The tie's upper 33 bits and the candidate in one long: sorting needs no objects.
        long[] atCut = new long[equal];
        int next = 0;
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == cut) {
                atCut[next++] = ties.applyAsLong(i) & -1L << 31 | i;
            }
        }
        Arrays.sort(atCut);
        for (int i = 0; i < count - below; i++) {
            chosen.set((int) (atCut[i] & Integer.MAX_VALUE));
        }
        return chosen;
    }
}
