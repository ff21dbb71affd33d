package org.espalier.construct;

/**
 * The sums of all subsets of some samples, to find the one nearest to a target: exact, by meeting in the middle (Horowitz and Sahni,
 * 1974). The sums of each half stand in ascending order, so that a target takes as many steps as both halves have sums.
 */
public final class SubsetSums {
    /** Samples at most: a half then has 2^20 sums. */
    public static final int MOST = 40;

    private final double[] low; // sums of subsets of the first half, ascending
    private final int[] lowSizes; // samples in each
    private final double[] high;
    private final int[] highSizes;

    private double sum;
    private int size;

    /**
     * Sums of samples.
     *
     * @param samples at most {@link #MOST}, finite
     */
    public SubsetSums(double[] samples) {
        if (samples.length > MOST) {
            throw new IllegalArgumentException(
                    "subsets of at most " + MOST + " samples can be searched, got " + samples.length);
        }
        int middle = (samples.length + 1) / 2;
        low = new double[1 << middle];
        lowSizes = new int[low.length];
        high = new double[1 << samples.length - middle];
        highSizes = new int[high.length];
        fill(samples, 0, middle, low, lowSizes);
        fill(samples, middle, samples.length, high, highSizes);
    }

    /** Each sample doubles the sums: those without it and those with it are merged. */
    private static void fill(double[] samples, int from, int to, double[] sums, int[] sizes) {
        double[] before = new double[sums.length];
        int[] beforeSizes = new int[sums.length];
        int count = 1; // the empty sum
        for (int s = from; s < to; s++) {
            System.arraycopy(sums, 0, before, 0, count);
            System.arraycopy(sizes, 0, beforeSizes, 0, count);
            int without = 0;
            int with = 0;
            for (int at = 0; at < 2 * count; at++) {
                boolean takes = without == count || with < count && before[with] + samples[s] < before[without];
                if (takes) {
                    sums[at] = before[with] + samples[s];
                    sizes[at] = beforeSizes[with++] + 1;
                } else {
                    sums[at] = before[without];
                    sizes[at] = beforeSizes[without++];
                }
            }
            count *= 2;
        }
    }

    /**
     * Finds the subset whose sum is nearest to a target; {@link #sum} and {@link #size} then describe it.
     *
     * @return distance of the sum from the target
     */
    public double nearest(double target) {
        double least = Double.POSITIVE_INFINITY;
        int i = 0;
        int j = high.length - 1;
        while (i < low.length && j >= 0) {
            double present = low[i] + high[j];
            double distance = Math.abs(present - target);
            if (distance < least) {
                least = distance;
                sum = present;
                size = lowSizes[i] + highSizes[j];
            }
            if (present < target) {
                i++;
            } else {
                j--;
            }
        }
        return least;
    }

    /** Sum of the subset found last. */
    public double sum() {
        return sum;
    }

    /** Samples in the subset found last. */
    public int size() {
        return size;
    }
}
