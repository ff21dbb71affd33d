package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.espalier.report.chart.Curve;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;

/** The measurements of a cell, ordered for drawing: means over trials by iteration and by level. */
final class CellCurves {
    private record Place(String strategy, int level) {}

    private record Measured(String split, String attack) {}

    private record Asked(String strategy, int level, Measured measured, Quantity quantity) {}

    /** What of a measurement is drawn. */
    enum Quantity {
        /** In percent. */
        ACCURACY(point -> 100 * point.accuracy()),
        /** In percent. */
        ERROR(point -> 100 * (1 - point.accuracy())),
        /** In nats. */
        LOSS(Point::loss);

        private final ToDoubleFunction<Point> value;

        Quantity(ToDoubleFunction<Point> value) {
            this.value = value;
        }
    }

    private final Cell cell;
    private final Map<Place, List<Series>> byPlace = new LinkedHashMap<>();
    private final Map<Asked, Curve> byIteration = new HashMap<>();

    // By identity: a record's hash goes through all its points.
    private final Map<Series, Map<Measured, TreeMap<Integer, Point>>> points = new IdentityHashMap<>();
    private final Map<Series, OptionalInt> stops = new IdentityHashMap<>();

    CellCurves(Cell cell) {
        this.cell = cell;
        for (Series series : cell.series()) {
            if (!cell.shows(series.strategy(), series.level())) {
                continue;
            }
            byPlace.computeIfAbsent(new Place(series.strategy(), series.level()), _ -> new ArrayList<>())
                    .add(series);
        }
    }

    Cell cell() {
        return cell;
    }

    /** Strategies with anything measured, in the experiment's order. */
    List<String> strategies() {
        return cell.strategies().stream()
                .map(Cell.Strategy::name)
                .filter(name -> byPlace.keySet().stream()
                        .anyMatch(place -> place.strategy().equals(name)))
                .toList();
    }

    /** The strategy that the others are compared with: the tickets. */
    String base() {
        List<String> all = strategies();
        return List.of("original", "as-published").stream()
                .filter(all::contains)
                .findFirst()
                .orElse(all.isEmpty() ? "original" : all.getFirst());
    }

    /** Levels of a strategy with anything measured. */
    TreeSet<Integer> levels(String strategy) {
        var levels = new TreeSet<Integer>();
        byPlace.forEach((place, series) -> {
            if (place.strategy().equals(strategy)
                    && series.stream().anyMatch(s -> !s.points().isEmpty())) {
                levels.add(place.level());
            }
        });
        return levels;
    }

    /** Density of a level, as planned or, failing that, as stored. */
    double density(String strategy, int level) {
        return level < cell.densities().size()
                ? cell.densities().get(level)
                : trials(strategy, level).stream()
                        .mapToDouble(Series::density)
                        .findFirst()
                        .orElse(Double.NaN);
    }

    /** Trials of a level, ordered by their numbers. */
    List<Series> trials(String strategy, int level) {
        return byPlace.getOrDefault(new Place(strategy, level), List.of());
    }

    /** A quantity against iteration, over the trials of a level; the same object for the same question. */
    Curve byIteration(String strategy, int level, String split, String attack, Quantity quantity) {
        return byIteration.computeIfAbsent(
                new Asked(strategy, level, new Measured(split, attack), quantity), this::byIteration);
    }

    /** Diverged trials are left out. */
    private Curve byIteration(Asked asked) {
        var numbers = new TreeMap<Integer, List<Double>>();
        for (Series series : trials(asked.strategy(), asked.level())) {
            if (series.state() != Series.State.DIVERGED) {
                measured(series, asked.measured())
                        .forEach((iteration, point) -> numbers.computeIfAbsent(iteration, _ -> new ArrayList<>())
                                .add(asked.quantity().value.applyAsDouble(point)));
            }
        }
        return Curve.ofMeans(numbers);
    }

    /** Iteration at which each finished trial of a level stops early. */
    List<Double> stops(EarlyStop rule, String strategy, int level) {
        var iterations = new ArrayList<Double>();
        for (Series series : trials(strategy, level)) {
            stop(rule, series).ifPresent(i -> iterations.add((double) i));
        }
        return iterations;
    }

    /** Test accuracy in percent of each finished trial of a level where it stops early; at its end without a rule. */
    List<Double> accuracies(String strategy, int level, String attack) {
        var accuracies = new ArrayList<Double>();
        for (Series series : trials(strategy, level)) {
            OptionalInt iteration =
                    cell.selection().map(rule -> stop(rule, series)).orElseGet(() -> new Selection.Last().of(series));
            if (iteration.isPresent()) {
                Point point = measured(series, new Measured(Point.TEST, attack)).get(iteration.getAsInt());
                if (point != null) {
                    accuracies.add(100 * point.accuracy());
                }
            }
        }
        return accuracies;
    }

    private OptionalInt stop(EarlyStop rule, Series series) {
        return stops.computeIfAbsent(series, s -> new Selection.Stopped(rule).of(s));
    }

    private TreeMap<Integer, Point> measured(Series series, Measured measured) {
        return points.computeIfAbsent(series, CellCurves::ordered).getOrDefault(measured, new TreeMap<>());
    }

    private static Map<Measured, TreeMap<Integer, Point>> ordered(Series series) {
        var ordered = new HashMap<Measured, TreeMap<Integer, Point>>();
        for (Point point : series.points()) {
            ordered.computeIfAbsent(new Measured(point.split(), point.attack()), _ -> new TreeMap<>())
                    .put(point.iteration(), point);
        }
        return ordered;
    }
}
