package org.espalier.report.leaderboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.lab.benchmark.MethodResult;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.file.Json;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.statistics.Interval;

/** The benchmark's JSON: definition, records, every trial, and all comparisons. docs/guides/benchmark.md describes it. */
public final class BenchmarkJson {
    private static final String FORMAT = "espalier-benchmark-1";

    private BenchmarkJson() {}

    /** One line. */
    public static String of(Leaderboard leaderboard) {
        BenchmarkSettings settings = leaderboard.settings();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("name", settings.name());
        json.put("description", settings.description());
        json.put("updates", settings.updates());
        json.put("evaluation", ExperimentFile.tree(settings.evaluation()));
        Map<String, BenchmarkSettings.Method> methods = new LinkedHashMap<>();
        leaderboard
                .results()
                .forEach(result ->
                        methods.put(result.run().method().name(), result.run().method()));
        json.put(
                "methods",
                methods.values().stream()
                        .map(ExperimentFile::tree)
                        .map(Object.class::cast)
                        .toList());
        json.put(
                "results",
                leaderboard.results().stream().map(BenchmarkJson::result).toList());
        json.put(
                "boards",
                leaderboard.boards().stream().map(BenchmarkJson::board).toList());
        return Json.write(json);
    }

    private static Map<String, Object> result(MethodResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", result.run().method().name());
        json.put("sparsity", result.run().sparsity());
        json.put("store", String.valueOf(result.run().directory().getFileName()));
        json.put("updates", result.run().updates());
        json.put("trials", result.trials().stream().map(BenchmarkJson::trial).toList());
        return json;
    }

    private static Map<String, Object> trial(MethodResult.Trial trial) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trial", trial.trial());
        trial.failure().ifPresent(reason -> json.put("diverged", reason));
        trial.network().ifPresent(size -> {
            json.put("weights", size.weights());
            json.put("of-weights", size.of());
            json.put("live-units", size.units());
            json.put("of-units", size.ofUnits());
        });
        trial.seconds().ifPresent(seconds -> json.put("training-seconds", seconds));
        trial.suite().ifPresent(suite -> {
            json.put("clean", proportion(suite.clean()));
            json.put("robust", proportion(suite.robust()));
            json.put("verdict", suite.verdict().toString());
        });
        trial.certificate().ifPresent(certificate -> json.put("certified", certificate.certified()));
        trial.curve().map(curve -> curve.suiteAttacks().getFirst()).ifPresent(attack -> {
            attack.distances().ifPresent(distances -> json.put("median-distance", distances.median()));
            json.put(
                    "curve",
                    attack.securityCurve().stream().map(BenchmarkJson::point).toList());
        });
        return json;
    }

    private static List<Double> point(StoredEvaluation.CurvePoint point) {
        return List.of(point.epsilon(), point.accuracy());
    }

    private static Map<String, Object> proportion(Proportion proportion) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("correct", proportion.correct());
        json.put("images", proportion.images());
        return json;
    }

    private static Map<String, Object> board(Leaderboard.Board board) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sparsity", board.sparsity());
        json.put("pruned", board.structured() ? "units" : "weights");
        List<Object> ranking = new ArrayList<>();
        for (Leaderboard.Row row : board.rows()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("method", row.name());
            entry.put("trials", row.robust().trials());
            entry.put("density", row.density().mean());
            entry.put("clean", row.clean().mean());
            entry.put("robust", mean(row.robust().mean(), row.interval()));
            if (row.gradients().count() > 0) {
                entry.put("white-box", row.gradients().mean());
            }
            if (row.certifiedWhole()) {
                entry.put("certified", row.certified().mean());
            }
            entry.put(
                    "median-distance",
                    row.distance().count() == 0 ? Double.NaN : row.distance().mean());
            ranking.add(entry);
        }
        json.put("ranking", ranking);
        json.put("pairs", pairs(board.robust()));
        if (!board.certified().isEmpty()) {
            json.put("certified-pairs", pairs(board.certified()));
        }
        return json;
    }

    private static List<Object> pairs(PairwiseComparisons pairs) {
        List<Object> all = new ArrayList<>();
        for (PairwiseComparisons.Pair pair : pairs.pairs()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("high", pair.high());
            entry.put("low", pair.low());
            entry.put("trials", pair.difference().trials());
            entry.put("difference", mean(pair.difference().mean(), pair.interval()));
            entry.put("p", pair.difference().p());
            entry.put("p-holm", pair.adjusted());
            entry.put("shown", pair.shown());
            all.add(entry);
        }
        return all;
    }

    private static Map<String, Object> mean(double mean, Interval interval) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mean", mean);
        json.put("low", interval.low());
        json.put("high", interval.high());
        return json;
    }
}
