package org.espalier.report.statistics;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;

/**
 * Differences between two measurements of the same trials, as ticket minus dense network: what differs between trials
 * alike for both (the initial weights, the order of batches) drops out.
 *
 * @param differences one a trial, in the order of trials
 */
public record Paired(List<Double> differences) {
    public Paired {
        differences = List.copyOf(differences);
    }

    /**
     * Pairs two lists.
     *
     * @param these first measurement of each trial
     * @param those second measurement of the same trials, in the same order
     */
    public static Paired of(List<Double> these, List<Double> those) {
        if (these.size() != those.size()) {
            throw new IllegalArgumentException(these.size() + " measurements paired with " + those.size());
        }
        return new Paired(IntStream.range(0, these.size())
                .mapToObj(i -> these.get(i) - those.get(i))
                .toList());
    }

    /** Number of trials. */
    public int count() {
        return differences.size();
    }

    /** Mean difference; NaN without trials. */
    public double mean() {
        double sum = 0;
        for (double difference : differences) {
            sum += difference;
        }
        return sum / differences.size();
    }

    /** Student's t interval of the mean difference; empty where {@link #testable()} says no. */
    public Optional<Interval> interval(double confidence) {
        return testable() ? Intervals.mean(differences, confidence) : Optional.empty();
    }

    /**
     * Whether the trials tell of a spread, without which there is neither interval nor test: two at least, not all with
     * the same difference. Differences that rounding alone tells apart count as the same.
     */
    public boolean testable() {
        if (count() < 2) {
            return false;
        }
        double low = differences.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double high =
                differences.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return high - low > 1e-12 * Math.max(1, Math.max(Math.abs(low), Math.abs(high)));
    }

    /**
     * One-sided paired t test of non-inferiority: the p value of the hypothesis that the mean difference is
     * {@code -margin} or less. A small one shows that these are not worse than those by more than the margin.
     *
     * @param margin 0 or more, in the units of the differences
     * @return empty where {@link #testable()} says no
     */
    public OptionalDouble notWorse(double margin) {
        if (!testable()) {
            return OptionalDouble.empty();
        }
        double[] array = differences.stream().mapToDouble(Double::doubleValue).toArray();
        return OptionalDouble.of(TTest.withDefaults()
                .with(AlternativeHypothesis.GREATER_THAN)
                .withMu(-margin)
                .test(array)
                .getPValue());
    }
}
