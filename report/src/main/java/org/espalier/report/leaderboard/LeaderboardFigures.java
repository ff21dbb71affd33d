package org.espalier.report.leaderboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.espalier.lab.benchmark.MethodResult;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.figure.FigureStyle;

/** The figures of a leaderboard: robust accuracy by density, and accuracy by distance of the best methods. */
final class LeaderboardFigures {
    /** Methods of a figure of distances; more lines cannot be told apart. */
    private static final int SHOWN = 8;

    private LeaderboardFigures() {}

    static List<FigureGroup> of(Leaderboard leaderboard) {
        return List.of(densities(leaderboard), distances(leaderboard));
    }

    /** A figure for each time of pruning. */
    private static FigureGroup densities(Leaderboard leaderboard) {
        List<FigureGroup.Variant> variants = new ArrayList<>();
        for (BenchmarkSettings.Stage stage : BenchmarkSettings.Stage.values()) {
            if (stage == BenchmarkSettings.Stage.NONE) {
                continue;
            }
            Map<String, SortedMap<Double, List<Double>>> curves = new LinkedHashMap<>();
            leaderboard
                    .boards()
                    .forEach(board -> board.rows().stream()
                            .filter(row -> row.result().run().method().prunes() == stage)
                            .forEach(row -> curves.computeIfAbsent(row.name(), _ -> new TreeMap<>())
                                    .put(100 * row.density().mean(), accuracies(row.result()))));
            String word = ExperimentFile.nameOf(stage);
            variants.add(new FigureGroup.Variant(
                    word + " training",
                    new Figure(
                            "benchmark-density-" + word,
                            "Robust accuracy by density, methods that prune " + word + " training",
                            "Means over trials; bands are one standard deviation. Densities are those of the networks.",
                            List.of(FigureStyle.many("method", List.copyOf(curves.keySet()))),
                            List.of(new Panel.Lines(
                                    "",
                                    Axis.densities(),
                                    Axis.of("robust accuracy (%)", Axis.Scale.PERCENT),
                                    curves.entrySet().stream()
                                            .map(entry -> Line.of(Curve.ofMeans(entry.getValue()), entry.getKey()))
                                            .toList(),
                                    true)))));
        }
        return new FigureGroup("Robust accuracy by density", variants);
    }

    private static List<Double> accuracies(MethodResult result) {
        return result.trials().stream()
                .flatMap(trial -> trial.suite().stream())
                .map(suite -> 100 * suite.robust().accuracy())
                .toList();
    }

    /** A figure for each sparsity. */
    private static FigureGroup distances(Leaderboard leaderboard) {
        List<FigureGroup.Variant> variants = new ArrayList<>();
        for (Leaderboard.Board board : leaderboard.boards()) {
            List<Leaderboard.Row> rows = board.rows().stream().limit(SHOWN).toList();
            String name =
                    LeaderboardTables.percentOf(board.sparsity()) + " %" + (board.structured() ? " of units" : "");
            variants.add(new FigureGroup.Variant(
                    name,
                    new Figure(
                            "benchmark-distance-" + FigureGroup.identifier(name),
                            "Accuracy by distance, " + name + " pruned",
                            String.format(
                                    Locale.ROOT,
                                    "Share of %d test images without an adversarial example within the distance that FMN"
                                            + " found in %d steps; the %d methods with the highest robust accuracy. Means over"
                                            + " trials.",
                                    leaderboard.settings().evaluation().curveImages(),
                                    leaderboard.settings().evaluation().curveIterations(),
                                    rows.size()),
                            List.of(FigureStyle.many(
                                    "method",
                                    rows.stream().map(Leaderboard.Row::name).toList())),
                            List.of(new Panel.Lines(
                                    "",
                                    Axis.of(
                                            "distance, "
                                                    + leaderboard
                                                            .settings()
                                                            .evaluation()
                                                            .norm(),
                                            Axis.Scale.ZERO),
                                    Axis.of("accuracy (%)", Axis.Scale.PERCENT),
                                    rows.stream()
                                            .map(row -> Line.of(curve(row.result()), row.name()))
                                            .toList(),
                                    false)))));
        }
        return new FigureGroup("Accuracy by distance", variants);
    }

    private static Curve curve(MethodResult result) {
        SortedMap<Double, List<Double>> points = new TreeMap<>();
        result.trials().stream()
                .flatMap(trial -> trial.curve().stream())
                .flatMap(curve -> curve.suiteAttacks().stream())
                .flatMap(attack -> attack.securityCurve().stream())
                .forEach((StoredEvaluation.CurvePoint point) -> points.computeIfAbsent(
                                point.epsilon(), _ -> new ArrayList<>())
                        .add(100 * point.accuracy()));
        return Curve.ofMeans(points);
    }
}
