package org.espalier.data;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.random.Stream;

/** Random subsets of labelled images. */
public final class Subsets {
    private Subsets() {}

    /**
     * Chooses images.
     *
     * @param labels class of each image, [image], below {@code classes}
     * @param count images to choose, at most all
     * @param rule {@link SplitRule#SHUFFLED} or {@link SplitRule#STRATIFIED}
     */
    public static BitSet choose(int[] labels, int classes, int count, SplitRule rule, Stream stream) {
        int[] order = stream.permutation(labels.length);
        int[] wanted = rule == SplitRule.STRATIFIED ? shares(labels, classes, count) : new int[0];
        BitSet chosen = new BitSet(labels.length);
        for (int next = 0; chosen.cardinality() < count; next++) {
            int image = order[next];
            if (rule != SplitRule.STRATIFIED || wanted[labels[image]]-- > 0) {
                chosen.set(image);
            }
        }
        return chosen;
    }

    /** Images of each class, (class): proportional, what is left by largest remainder, the lower class where equal. */
    private static int[] shares(int[] labels, int classes, int count) {
        long[] sizes = new long[classes];
        for (int label : labels) {
            sizes[label]++;
        }
        int[] shares = new int[classes];
        int given = 0;
        for (int c = 0; c < classes; c++) {
            shares[c] = (int) (sizes[c] * count / labels.length);
            given += shares[c];
        }
        List<Integer> byRemainder = IntStream.range(0, classes)
                .boxed()
                .sorted(Comparator.comparing((Integer c) -> -(sizes[c] * count % labels.length)))
                .toList();
        for (int i = 0; given < count; i++, given++) {
            shares[byRemainder.get(i)]++;
        }
        return shares;
    }
}
