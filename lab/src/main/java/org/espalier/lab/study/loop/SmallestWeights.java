package org.espalier.lab.study.loop;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.random.Stream;

/** Magnitude pruning of weights in double that belong to no {@link org.espalier.network.Architecture}. */
public final class SmallestWeights {
    private SmallestWeights() {}

    /**
     * What is left of a mask without its smallest weights.
     *
     * @param kept positions that survive now
     * @param weights finite
     * @param count to prune, at most those that survive
     * @param ties draws that decide between equal magnitudes
     */
    public static BitSet prune(BitSet kept, double[] weights, int count, Stream ties) {
        long[] draws = new long[weights.length];
        Integer[] order = kept.stream().boxed().toArray(Integer[]::new);
        for (int i : order) {
            draws[i] = ties.bits(i);
        }
        Arrays.sort(order, (a, b) -> {
            int bySize = Double.compare(Math.abs(weights[a]), Math.abs(weights[b]));
            return bySize != 0 ? bySize : Long.compare(draws[a], draws[b]);
        });
        BitSet left = (BitSet) kept.clone();
        for (int i = 0; i < count; i++) {
            left.clear(order[i]);
        }
        return left;
    }

    /** A random mask of as many survivors as wanted, out of the first positions. */
    public static BitSet random(int size, int survivors, Stream stream) {
        BitSet kept = new BitSet(size);
        int[] order = stream.permutation(size);
        for (int i = 0; i < survivors; i++) {
            kept.set(order[i]);
        }
        return kept;
    }
}
