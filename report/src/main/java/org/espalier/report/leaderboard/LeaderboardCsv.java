package org.espalier.report.leaderboard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.benchmark.MethodResult;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.format.Csv;
import org.espalier.report.statistics.Interval;

/**
 * The rankings as CSV: a row for each trial of each method, the best method of a sparsity first. Columns of the ranking repeat in
 * the rows of all trials. docs/guides/benchmark.md describes them.
 */
final class LeaderboardCsv {
    private static final List<String> COLUMNS = List.of(
            "pruned",
            "sparsity",
            "rank",
            "method",
            "prunes",
            "criterion",
            "trial",
            "clean",
            "robust",
            "white-box",
            "certified",
            "median-distance",
            "weights",
            "live-units",
            "training-seconds",
            "interval-low",
            "interval-high",
            "behind-the-best",
            "noise",
            "certified-behind-the-best",
            "certified-noise");

    private LeaderboardCsv() {}

    /** The whole file, header included. */
    static String of(Leaderboard leaderboard) {
        List<List<String>> rows = new ArrayList<>();
        for (Leaderboard.Board board : leaderboard.boards()) {
            for (int rank = 0; rank < board.rows().size(); rank++) {
                Leaderboard.Row row = board.rows().get(rank);
                for (MethodResult.Trial trial : row.result().trials()) {
                    Optional<StoredEvaluation> suite = trial.suite();
                    if (suite.isPresent()) {
                        rows.add(row(board, row, rank + 1, trial, suite.get()));
                    }
                }
            }
        }
        return Csv.of(COLUMNS, rows);
    }

    private static List<String> row(
            Leaderboard.Board board, Leaderboard.Row row, int rank, MethodResult.Trial trial, StoredEvaluation suite) {
        MethodResult.Size size = trial.network().orElseThrow();
        Interval interval = row.interval();
        return List.of(
                board.structured() ? "units" : "weights",
                Double.toString(board.sparsity()),
                Integer.toString(rank),
                row.name(),
                ExperimentFile.nameOf(row.result().run().method().prunes()),
                row.result().run().method().criterion(),
                Integer.toString(trial.trial()),
                Double.toString(suite.clean().accuracy()),
                Double.toString(suite.robust().accuracy()),
                suite.afterGradients().map(String::valueOf).orElse(""),
                trial.certificate()
                        .map(certificate -> Double.toString(certificate.certified()))
                        .orElse(""),
                trial.curve()
                        .flatMap(curve -> curve.suiteAttacks().getFirst().distances())
                        .map(distances -> distances.median())
                        .filter(Double::isFinite)
                        .map(String::valueOf)
                        .orElse(""),
                Long.toString(size.weights()),
                Integer.toString(size.units()),
                trial.seconds().isPresent() ? Double.toString(trial.seconds().getAsDouble()) : "",
                Double.toString(interval.low()),
                Double.toString(interval.high()),
                behind(board.robust(), row.name()),
                board.robust().standing(row.name()),
                behind(board.certified(), row.name()),
                board.certified().isEmpty() ? "" : board.certified().standing(row.name()));
    }

    private static String behind(PairwiseComparisons pairs, String name) {
        return pairs.behindBest(name)
                .map(pair -> Double.toString(pair.difference().mean()))
                .orElse("");
    }
}
