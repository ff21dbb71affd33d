package org.espalier.evaluate.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * How well confidences match accuracy: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017). The
 * confidence of an image is the largest probability.
 *
 * @param images measured, at least 1
 * @param correct images classified right
 * @param ece expected calibration error: mean over images of |accuracy - confidence| of their bin, in [0, 1]
 * @param mce maximum calibration error: the largest such difference of any bin
 * @param nll mean negative log likelihood of the true class, natural logarithm
 * @param brier mean over images of the sum over classes of (probability - target)^2, in [0, 2]
 * @param bins bins with images, ascending
 */
public record Calibration(int images, int correct, double ece, double mce, double nll, double brier, List<Bin> bins) {
    /** The usual number of bins of equal width. */
    public static final int BINS = 15;

    /**
     * Images with confidences in (low, high].
     *
     * @param confidence mean
     */
    public record Bin(double low, double high, int images, int correct, double confidence) {
        /** Fraction classified right. */
        public double accuracy() {
            return (double) correct / images;
        }
    }

    public Calibration {
        bins = List.copyOf(bins);
    }

    /** Adds images one by one, in their order. */
    public static final class Counter {
        private final int[] images;
        private final int[] correct;
        private final double[] confidence;
        private double nll;
        private double brier;

        /** A counter with {@link #BINS} bins. */
        public Counter() {
            this(BINS);
        }

        /** A counter with a number of bins, at least 1. */
        public Counter(int bins) {
            images = new int[bins];
            correct = new int[bins];
            confidence = new double[bins];
        }

        /**
         * Adds an image.
         *
         * @param probabilities (class)
         * @param nll negative log likelihood of its class; of a probability that is too small for a double, too
         */
        public void add(double[] probabilities, int label, double nll) {
            int predicted = 0;
            double squares = 0;
            for (int c = 0; c < probabilities.length; c++) {
                predicted = probabilities[c] > probabilities[predicted] ? c : predicted;
                double away = probabilities[c] - (c == label ? 1 : 0);
                squares += away * away;
            }
            add(probabilities[predicted], predicted == label, nll, squares);
        }

        /**
         * Adds an image.
         *
         * @param confidence in (0, 1]
         * @param nll negative log likelihood of its class
         * @param brier sum of squared differences
         */
        public void add(double confidence, boolean right, double nll, double brier) {
            int bin = Math.clamp((long) Math.ceil(confidence * images.length) - 1, 0, images.length - 1);
            images[bin]++;
            correct[bin] += right ? 1 : 0;
            this.confidence[bin] += confidence;
            this.nll += nll;
            this.brier += brier;
        }

        /**
         * The result.
         *
         * @throws IllegalStateException if no image was added
         */
        public Calibration result() {
            List<Bin> bins = new ArrayList<>();
            int all = 0;
            int right = 0;
            double sum = 0;
            double most = 0;
            for (int b = 0; b < images.length; b++) {
                if (images[b] > 0) {
                    Bin bin = new Bin(
                            (double) b / images.length,
                            (double) (b + 1) / images.length,
                            images[b],
                            correct[b],
                            confidence[b] / images[b]);
                    bins.add(bin);
                    double away = Math.abs(bin.accuracy() - bin.confidence());
                    all += images[b];
                    right += correct[b];
                    sum += images[b] * away;
                    most = Math.max(most, away);
                }
            }
            if (all == 0) {
                throw new IllegalStateException("calibration needs at least one image");
            }
            return new Calibration(all, right, sum / all, most, nll / all, brier / all, bins);
        }
    }
}
