package org.espalier.report.statistics;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Mean and spread of a few numbers, computed in two passes in the order given, so that equal stores give equal bytes.
 *
 * @param count how many numbers
 * @param mean their mean; NaN when there are none
 * @param deviation sample standard deviation (divided by count - 1); empty for fewer than two numbers, of which
 *     nothing can be said about spread
 */
public record Sample(int count, double mean, OptionalDouble deviation) {
    /** Summarises the numbers. */
    public static Sample of(List<Double> numbers) {
        int count = numbers.size();
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        double mean = sum / count;
        if (count < 2) {
            return new Sample(count, mean, OptionalDouble.empty());
        }
        double squares = 0;
        for (double number : numbers) {
            squares += (number - mean) * (number - mean);
        }
        return new Sample(count, mean, OptionalDouble.of(Math.sqrt(squares / (count - 1))));
    }
}
