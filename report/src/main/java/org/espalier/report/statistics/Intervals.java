package org.espalier.report.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.NormalConfidenceInterval;

/** Confidence intervals of means over trials and of accuracies over images. */
public final class Intervals {
    private Intervals() {}

    /**
     * Student's t interval of the mean that the numbers are drawn around: mean +- t(n-1) s / sqrt(n) (Student, "The
     * probable error of a mean", Biometrika 6, 1908). It takes the numbers to be independent and about normal.
     *
     * @param numbers one a trial
     * @param confidence between 0 and 1, e.g. 0.95
     * @return empty for fewer than two numbers and for numbers that are all equal: neither tells of a spread
     */
    public static Optional<Interval> mean(List<Double> numbers, double confidence) {
        double[] array =
                numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (array.length < 2 || array[0] == array[array.length - 1]) {
            return Optional.empty();
        }
        double mean = Arrays.stream(array).sum() / array.length;
        double squares = 0;
        for (double number : array) {
            squares += (number - mean) * (number - mean);
        }
        return Optional.of(Interval.of(NormalConfidenceInterval.MEAN.fromErrorRate(
                mean, squares / (array.length - 1), array.length, 1 - confidence)));
    }

    /**
     * Wilson's score interval of an accuracy, from images classified rightly (Wilson, "Probable inference, the law of
     * succession, and statistical inference", JASA 22, 1927). It covers the sampling of images, not
     * the spread over trials. {@link org.espalier.lab.robustness.Proportion} has the same at 95 % without this library; the
     * two differ in the last bit at most.
     *
     * @param correct images classified rightly, 0 to {@code images}
     * @param images from 1
     * @param confidence between 0 and 1
     */
    public static Interval wilson(int correct, int images, double confidence) {
        return Interval.of(BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(images, correct, 1 - confidence));
    }
}
