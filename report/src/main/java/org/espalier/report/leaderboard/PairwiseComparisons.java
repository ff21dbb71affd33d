package org.espalier.report.leaderboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.espalier.report.statistics.Holm;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.TwoWay;

/**
 * Methods compared by a share of the same images, robust or certified, each with each.
 *
 * @param ranked names of the methods, the highest mean first
 * @param pairs each pair that has a trial in common
 */
public record PairwiseComparisons(List<String> ranked, List<Pair> pairs) {
    /**
     * Two methods in the trials that both have: the same initial weights where both draw them alike, and the same images.
     *
     * @param high method with the higher mean over its own trials
     * @param low the other method
     * @param difference of the share, high less low; below 0 where the trials that both have say the opposite
     * @param adjusted p value after Holm's correction over all pairs
     */
    public record Pair(String high, String low, TwoWay difference, double adjusted) {
        /** Whether {@code high} is shown to have more, at {@link Leaderboard#LEVEL}, in the trials that both have. */
        public boolean shown() {
            return adjusted <= Leaderboard.LEVEL && difference.mean() > 0;
        }

        /** The 95 % interval of the difference, not corrected. */
        public Interval interval() {
            return difference.interval(1 - Leaderboard.LEVEL);
        }
    }

    public PairwiseComparisons {
        ranked = List.copyOf(ranked);
        pairs = List.copyOf(pairs);
    }

    /**
     * A method.
     *
     * @param right by trial: (image) 1 for each image that counts, else 0; trials that were not measured are not there
     */
    record Method(String name, SortedMap<Integer, double[]> right) {}

    /**
     * Compares methods.
     *
     * @param methods the highest mean first
     */
    static PairwiseComparisons of(List<Method> methods) {
        List<Pair> pairs = new ArrayList<>();
        for (int high = 0; high < methods.size(); high++) {
            for (Method low : methods.subList(high + 1, methods.size())) {
                double[][] differences = differences(methods.get(high), low);
                if (differences.length > 0) {
                    pairs.add(new Pair(methods.get(high).name(), low.name(), TwoWay.of(differences), 1));
                }
            }
        }
        List<Double> adjusted =
                Holm.adjust(pairs.stream().map(pair -> pair.difference().p()).toList());
        for (int i = 0; i < adjusted.size(); i++) {
            Pair pair = pairs.get(i);
            pairs.set(i, new Pair(pair.high(), pair.low(), pair.difference(), adjusted.get(i)));
        }
        return new PairwiseComparisons(methods.stream().map(Method::name).toList(), pairs);
    }

    /** Differences (trial, image) in the trials that both have. */
    private static double[][] differences(Method high, Method low) {
        List<double[]> differences = new ArrayList<>();
        high.right().forEach((trial, more) -> {
            double[] less = low.right().get(trial);
            if (less != null) {
                differences.add(minus(more, less));
            }
        });
        return differences.toArray(double[][]::new);
    }

    private static double[] minus(double[] high, double[] low) {
        double[] difference = high.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= low[i];
        }
        return difference;
    }

    /** Whether no method was measured. */
    public boolean isEmpty() {
        return ranked.isEmpty();
    }

    /** The method with the highest mean; empty where none was measured. */
    public Optional<String> best() {
        return ranked.stream().findFirst();
    }

    /** The comparison of a method with the best; empty for the best itself and for methods that were not measured. */
    public Optional<Pair> behindBest(String method) {
        return pairs.stream()
                .filter(pair ->
                        pair.high().equals(ranked.getFirst()) && pair.low().equals(method))
                .findFirst();
    }

    /** How a method compares with the best: {@code best}, {@code within noise}, {@code shown worse} or {@code not compared}. */
    public String standing(String method) {
        if (best().filter(method::equals).isPresent()) {
            return "best";
        }
        return behindBest(method)
                .map(pair -> pair.shown() ? "shown worse" : "within noise")
                .orElse("not compared");
    }

    /** Number of methods that are shown to have less than this one. */
    public long shownWorse(String method) {
        return pairs.stream()
                .filter(pair -> pair.high().equals(method) && pair.shown())
                .count();
    }
}
