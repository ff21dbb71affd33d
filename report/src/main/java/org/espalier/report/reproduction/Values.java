package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Paired;

/** One quantity of the networks of a store, by strategy, level and trial. */
final class Values {
    private record Place(String strategy, int level) {}

    private final Map<Place, TreeMap<Integer, Double>> byPlace = new HashMap<>();

    /** Of what is measured while training; diverged levels have no value. */
    static Values of(List<Series> series, Function<Series, OptionalDouble> quantity) {
        var values = new Values();
        for (Series each : series) {
            if (each.state() != Series.State.DIVERGED) {
                quantity.apply(each).ifPresent(value -> values.put(each.strategy(), each.level(), each.trial(), value));
            }
        }
        return values;
    }

    /** The lowest known accuracy of evaluations, in percent; refused evaluations have no value. */
    static Values of(List<Evaluated> evaluations) {
        var values = new Values();
        for (Evaluated each : evaluations) {
            if (each.evaluation().verdict() != Verdict.REFUSED) {
                values.put(
                        each.trial().strategy(),
                        each.level(),
                        each.trial().trial(),
                        100 * each.evaluation().lowestKnown().accuracy());
            }
        }
        return values;
    }

    /** An empty collection, to be filled. */
    Values() {}

    void put(String strategy, int level, int trial, double value) {
        byPlace.computeIfAbsent(new Place(strategy, level), _ -> new TreeMap<>())
                .put(trial, value);
    }

    /** Values of a level by trial. */
    Map<Integer, Double> of(String strategy, int level) {
        return byPlace.getOrDefault(new Place(strategy, level), new TreeMap<>());
    }

    /** Differences of two levels, this minus that, over the trials that have both. */
    Paired paired(String strategy, int level, String otherStrategy, int otherLevel) {
        var these = new ArrayList<Double>();
        var those = new ArrayList<Double>();
        Map<Integer, Double> other = of(otherStrategy, otherLevel);
        of(strategy, level).forEach((trial, value) -> {
            Double beside = other.get(trial);
            if (beside != null) {
                these.add(value);
                those.add(beside);
            }
        });
        return Paired.of(these, those);
    }
}
