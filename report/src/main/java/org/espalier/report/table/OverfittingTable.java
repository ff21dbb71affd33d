package org.espalier.report.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;

/**
 * The robust overfitting gap: the best accuracy under the training's attack among the measured iterations, less the last one, on
 * validation images. Rice, Wong and Kolter, "Overfitting in adversarially robust deep learning" (2020).
 */
public final class OverfittingTable {
    private OverfittingTable() {}

    /**
     * Best and last accuracy of a trained level.
     *
     * @param best highest among the measured iterations, as a share
     * @param last at the last measured iteration
     */
    record Gap(double best, double last) {}

    /** The gap of a finished level; empty if validation was measured under the attack less than twice. */
    static Optional<Gap> gap(Series series, String attack) {
        List<Point> points = series.points().stream()
                .filter(point -> point.split().equals(Point.VALIDATION)
                        && point.attack().equals(attack)
                        && point.iteration() > 0)
                .toList();
        if (series.state() != Series.State.FINISHED || points.size() < 2) {
            return Optional.empty();
        }
        double best = points.stream().mapToDouble(Point::accuracy).max().orElseThrow();
        return Optional.of(new Gap(best, points.getLast().accuracy()));
    }

    /** The table of a cell; empty without an attack of training, or without two measurements of a level. */
    static Optional<Table> of(Cell cell) {
        if (cell.training().attack().isEmpty()) {
            return Optional.empty();
        }
        String attack = cell.training().attack().get();
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Cell.Strategy strategy : cell.strategies()) {
            SortedMap<Integer, List<Gap>> gaps = new TreeMap<>();
            SortedMap<Integer, Double> densities = new TreeMap<>();
            for (Series series : cell.series()) {
                if (series.strategy().equals(strategy.name()) && cell.shows(strategy.name(), series.level())) {
                    gap(series, attack).ifPresent(gap -> {
                        gaps.computeIfAbsent(series.level(), _ -> new ArrayList<>())
                                .add(gap);
                        densities.put(series.level(), series.density());
                    });
                }
            }
            gaps.forEach((level, all) -> {
                keys.add(List.of(strategy.name(), Integer.toString(level)));
                Sample gap = Sample.of(
                        all.stream().map(each -> each.best() - each.last()).toList());
                rows.add(List.of(
                        Numbers.percent(densities.getOrDefault(level, Double.NaN)),
                        percent(Sample.of(all.stream().map(Gap::best).toList()).mean()),
                        percent(Sample.of(all.stream().map(Gap::last).toList()).mean()),
                        percent(gap.mean()),
                        gap.deviation().isPresent() ? percent(gap.deviation().getAsDouble()) : "-",
                        Integer.toString(gap.count())));
            });
        }
        return keys.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Table(
                                cell.dataset() + ", " + cell.objective() + " training: robust overfitting under "
                                        + attack,
                                new Table.Block("", List.of("strategy", "level"), keys, true),
                                List.of(new Table.Block(
                                        "",
                                        List.of("weights %", "best %", "last %", "gap", "deviation", "trials"),
                                        rows)),
                                List.of(
                                        "best and last: validation accuracy under " + attack
                                                + " at the best and at the last measured iteration; gap: best less last, in points. Means over"
                                                + " trials. The best of many measurements is a little too high, so small gaps are noise.")));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return run.results().cells().stream()
                    .flatMap(cell -> of(cell).stream()
                            .map(table -> new Named(
                                    String.join("-", run.label(), cell.dataset(), cell.objective(), "overfitting"),
                                    table)))
                    .toList();
        }
    }
}
