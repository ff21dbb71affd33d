package org.espalier.lab.study.loop;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Spearman's rank correlation. */
public final class Ranks {
    private Ranks() {}

    /** Ranks from 1; equal values share their mean rank. */
    public static double[] of(double[] values) {
        List<Integer> order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .toList();
        double[] ranks = new double[values.length];
        for (int first = 0; first < order.size(); ) {
            int end = first;
            while (end < order.size() && values[order.get(end)] == values[order.get(first)]) {
                end++;
            }
            for (int i = first; i < end; i++) {
                ranks[order.get(i)] = (first + 1 + end) / 2.0;
            }
            first = end;
        }
        return ranks;
    }

    /** Pearson's correlation of the ranks, in [-1, 1]; NaN where all values of one are equal. */
    public static double correlation(double[] a, double[] b) {
        double[] x = of(a);
        double[] y = of(b);
        double mean = (x.length + 1) / 2.0;
        double both = 0;
        double ofX = 0;
        double ofY = 0;
        for (int i = 0; i < x.length; i++) {
            both += (x[i] - mean) * (y[i] - mean);
            ofX += (x[i] - mean) * (x[i] - mean);
            ofY += (y[i] - mean) * (y[i] - mean);
        }
        return both / Math.sqrt(ofX * ofY);
    }

    /** The correlation as text; words where it is not defined. */
    public static String text(double correlation) {
        return Double.isNaN(correlation) ? "undefined" : String.format(Locale.ROOT, "%.3f", correlation);
    }
}
