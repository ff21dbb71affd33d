package org.espalier.report.statistics;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The mean of numbers that were measured on the same images in several trials, with an error for both: the spread between trials
 * and that between images. The two variances of the mean are added, and the degrees of freedom follow Satterthwaite, "An
 * approximate distribution of estimates of variance components" (1946). The images' part of the spread between trials counts
 * twice, so that the interval is a little too wide.
 *
 * @param trials number of trials, at least 1
 * @param images number of images, at least 2
 * @param mean over trials and images
 * @param trialVariance variance of the mean from the spread between trials; 0 for one trial, whose spread is not known
 * @param imageVariance variance of the mean from the spread between images
 */
public record TwoWay(int trials, int images, double mean, double trialVariance, double imageVariance) {
    /**
     * Summarises numbers.
     *
     * @param values (trial, image)
     * @throws IllegalArgumentException if there are no trials, fewer than two images, or rows of several lengths
     */
    public static TwoWay of(double[][] values) {
        if (values.length == 0 || values[0].length < 2) {
            throw new IllegalArgumentException("a mean over trials and images needs one trial and two images");
        }
        int images = values[0].length;
        double[] byImage = new double[images];
        double[] byTrial = new double[values.length];
        for (int t = 0; t < values.length; t++) {
            if (values[t].length != images) {
                throw new IllegalArgumentException(
                        "trials of " + images + " and " + values[t].length + " images do not compare");
            }
            for (int i = 0; i < images; i++) {
                byImage[i] += values[t][i];
                byTrial[t] += values[t][i];
            }
            byTrial[t] /= images;
        }
        for (int i = 0; i < images; i++) {
            byImage[i] /= values.length;
        }
        return new TwoWay(values.length, images, mean(byImage), ofMean(byTrial), ofMean(byImage));
    }

    private static double mean(double[] numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum / numbers.length;
    }

    /** Variance of the mean; 0 for one number. */
    private static double ofMean(double[] numbers) {
        if (numbers.length < 2) {
            return 0;
        }
        double mean = mean(numbers);
        double squares = 0;
        for (double number : numbers) {
            squares += (number - mean) * (number - mean);
        }
        return squares / (numbers.length - 1) / numbers.length;
    }

    /** Standard error of the mean. */
    public double error() {
        return Math.sqrt(trialVariance + imageVariance);
    }

    /** Degrees of freedom of the error; infinite where the error is 0. */
    public double freedom() {
        double sum = trialVariance + imageVariance;
        double parts = (trials > 1 ? trialVariance * trialVariance / (trials - 1) : 0)
                + imageVariance * imageVariance / (images - 1);
        return parts == 0 ? Double.POSITIVE_INFINITY : sum * sum / parts;
    }

    /**
     * Student's t interval of the mean.
     *
     * @param confidence between 0 and 1
     */
    public Interval interval(double confidence) {
        if (error() == 0) {
            return new Interval(mean, mean);
        }
        double half = error() * TDistribution.of(freedom()).inverseSurvivalProbability((1 - confidence) / 2);
        return new Interval(mean - half, mean + half);
    }

    /** Two-sided p value of the hypothesis that the mean is 0. Numbers that do not differ at all have 1 if they are 0, else 0. */
    public double p() {
        if (error() == 0) {
            return mean == 0 ? 1 : 0;
        }
        return Math.min(1, 2 * TDistribution.of(freedom()).survivalProbability(Math.abs(mean) / error()));
    }
}
