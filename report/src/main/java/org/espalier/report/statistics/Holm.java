package org.espalier.report.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's correction of several tests (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
 * Journal of Statistics 6, 1979): the chance that any true hypothesis is rejected stays below the level, whatever the
 * tests have to do with each other.
 */
public final class Holm {
    private Holm() {}

    /**
     * Adjusted p values, in the order given: the k-th smallest of m, from 0, times m - k, not below the one before it,
     * and at most 1. Those up to the level are rejected.
     *
     * @param pValues each from 0 to 1
     */
    public static List<Double> adjust(List<Double> pValues) {
        int count = pValues.size();
        double[] adjusted = new double[count];
        List<Integer> ascending = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparing(pValues::get))
                .toList();
        double least = 0;
        for (int rank = 0; rank < count; rank++) {
            double p = pValues.get(ascending.get(rank));
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("a p value of " + p);
            }
            least = Math.max(least, Math.min(1, p * (count - rank)));
            adjusted[ascending.get(rank)] = least;
        }
        return IntStream.range(0, count).mapToObj(i -> adjusted[i]).toList();
    }
}
