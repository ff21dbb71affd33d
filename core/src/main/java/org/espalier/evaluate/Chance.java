package org.espalier.evaluate;

/**
 * The accuracy of a classifier that ignores its input: the share of the most frequent class among the images measured.
 * A network that always names that class has this accuracy under every attack, so accuracies up to it show nothing.
 *
 * @param share in [0, 1]
 */
public record Chance(double share) {
    /** Covers the rounding of accuracies, which are quotients or means of quotients. */
    private static final double ROUNDING = 1e-9;

    public Chance {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share must lie in 0 .. 1, got " + share);
        }
    }

    /**
     * Chance on some images.
     *
     * @param labels true classes, (image), from 0; at least one
     */
    public static Chance of(int[] labels) {
        if (labels.length == 0) {
            throw new IllegalArgumentException("chance needs at least one image");
        }
        int largest = 0;
        for (int label : labels) {
            largest = Math.max(largest, label);
        }
        int[] counts = new int[largest + 1];
        int most = 0;
        for (int label : labels) {
            most = Math.max(most, ++counts[label]);
        }
        return new Chance((double) most / labels.length);
    }

    /** Chance where all classes are equally frequent. */
    public static Chance ofEqual(int classes) {
        return new Chance(1.0 / classes);
    }

    /**
     * Whether an accuracy is no better than chance.
     *
     * @param accuracy in [0, 1]
     */
    public boolean covers(double accuracy) {
        return accuracy <= share + ROUNDING;
    }
}
