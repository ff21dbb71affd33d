package org.espalier.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Series;

/** Hand-made results that tests of this package share. */
public final class Example {
    private Example() {}

    /** Validation and test measurements on natural examples and under PGD at one iteration; losses on validation as given. */
    public static List<Point> points(int iteration, double natural, double pgd, double naturalLoss, double pgdLoss) {
        return List.of(
                new Point(iteration, Point.VALIDATION, Point.NATURAL, natural, naturalLoss, 1000),
                new Point(iteration, Point.VALIDATION, "pgd", pgd, pgdLoss, 1000),
                new Point(iteration, Point.TEST, Point.NATURAL, natural, 9, 1000),
                new Point(iteration, Point.TEST, "pgd", pgd, 9, 1000));
    }

    @SafeVarargs
    public static Series series(
            String strategy, int trial, int level, double density, Series.State state, List<Point>... points) {
        return new Series(
                strategy,
                trial,
                level,
                density,
                state,
                Arrays.stream(points).flatMap(List::stream).toList());
    }

    /** Two strategies, two trials, two levels; one trial of "random" is still running at level 1, another diverged. */
    public static Cell cell() {
        var series = new ArrayList<Series>();
        for (String strategy : List.of("original", "random")) {
            series.add(series(
                    strategy,
                    0,
                    0,
                    1,
                    Series.State.FINISHED,
                    points(100, 0.90, 0.30, 0.5, 0.9),
                    points(200, 0.95, 0.40, 0.3, 1.2)));
            series.add(series(
                    strategy,
                    1,
                    0,
                    1,
                    Series.State.FINISHED,
                    points(100, 0.91, 0.32, 0.5, 0.9),
                    points(200, 0.97, 0.44, 0.3, 1.0)));
        }
        series.add(series(
                "original",
                0,
                1,
                0.8,
                Series.State.FINISHED,
                points(100, 0.92, 0.50, 0.5, 0.9),
                points(200, 0.96, 0.60, 0.2, 0.8)));
        series.add(series(
                "original",
                1,
                1,
                0.8,
                Series.State.FINISHED,
                points(100, 0.93, 0.52, 0.5, 0.9),
                points(200, 0.96, 0.64, 0.2, 0.8)));
        series.add(series("random", 0, 1, 0.8, Series.State.RUNNING, points(100, 0.80, 0.20, 0.5, 0.9)));
        series.add(series("random", 1, 1, 0.8, Series.State.DIVERGED, points(100, 0.10, 0.00, 2.5, 9.9)));
        return new Cell(
                "digits",
                "adversarial",
                new Cell.Training(Optional.of("pgd"), Optional.empty(), 200),
                Optional.of(new EarlyStop(0.5, "pgd")),
                OptionalInt.of(200),
                List.of(
                        new Cell.Strategy("original", 2),
                        new Cell.Strategy("random", 2),
                        new Cell.Strategy("no pruning", 1)),
                List.of("pgd"),
                Optional.empty(),
                2,
                List.of(1.0, 0.8),
                OptionalInt.of(10),
                series);
    }
}
