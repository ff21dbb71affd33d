package org.espalier.report.leaderboard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.benchmark.MethodResult;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Sample;
import org.espalier.report.statistics.TwoWay;

/**
 * The results of a benchmark, ranked and compared.
 *
 * @param settings of the benchmark
 * @param results all, measured or not
 * @param boards rankings by sparsity: first those of methods that prune weights, then those of methods that prune units. Methods
 *     without an evaluated network are in none
 */
public record Leaderboard(BenchmarkSettings settings, List<MethodResult> results, List<Board> boards) {
    /** Level of tests, and 1 less the confidence of intervals. */
    public static final double LEVEL = 0.05;

    /**
     * The ranking at one sparsity.
     *
     * @param sparsity share of weights or units
     * @param structured whether methods prune units
     * @param rows the highest mean robust accuracy first
     * @param robust comparisons of robust accuracy
     * @param certified comparisons of certified accuracy, of the methods whose evaluated trials all have a certificate
     */
    public record Board(
            double sparsity,
            boolean structured,
            List<Row> rows,
            PairwiseComparisons robust,
            PairwiseComparisons certified) {
        public Board {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A method of a ranking.
     *
     * @param result what was measured
     * @param clean accuracy without attack, over trials
     * @param robust accuracy under the suite, over trials and images
     * @param gradients accuracy under the suite's attacks with gradients alone, over trials; no number if the suite begins with another
     * @param certified share of the suite's images that is certified, over trials; no number without certificates
     * @param distance median distance of the nearest adversarial example found, over trials; no number where it is infinite
     * @param density share of the weights that survive, over trials
     * @param units share of the hidden units that are alive, over trials
     * @param seconds training time on one core, over trials
     * @param diverged trials that diverged
     */
    public record Row(
            MethodResult result,
            Sample clean,
            TwoWay robust,
            Sample gradients,
            Sample certified,
            Sample distance,
            Sample density,
            Sample units,
            Sample seconds,
            int diverged) {
        /** Name of the method. */
        public String name() {
            return result.run().method().name();
        }

        /** Whether each trial has a certificate. */
        public boolean certifiedWhole() {
            return certified.count() == robust.trials();
        }

        /** The 95 % interval of robust accuracy, over trials and images; no accuracy is below 0 or above 1. */
        public Interval interval() {
            Interval interval = robust.interval(1 - LEVEL);
            return new Interval(Math.max(0, interval.low()), Math.min(1, interval.high()));
        }
    }

    public Leaderboard {
        results = List.copyOf(results);
        boards = List.copyOf(boards);
    }

    /** Ranks and compares. */
    public static Leaderboard of(BenchmarkSettings settings, List<MethodResult> results) {
        List<Board> boards = new ArrayList<>();
        for (boolean structured : new boolean[] {false, true}) {
            TreeMap<Double, List<Row>> rows = new TreeMap<>();
            for (MethodResult result : results) {
                if (result.run().method().structured() == structured) {
                    row(result)
                            .ifPresent(row -> rows.computeIfAbsent(result.run().sparsity(), _ -> new ArrayList<>())
                                    .add(row));
                }
            }
            rows.forEach((sparsity, list) -> boards.add(board(sparsity, structured, list)));
        }
        return new Leaderboard(settings, results, boards);
    }

    private static Optional<Row> row(MethodResult result) {
        List<MethodResult.Trial> trials = result.trials().stream()
                .filter(trial -> trial.suite().isPresent())
                .toList();
        if (trials.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Row(
                result,
                sample(trials, trial -> suite(trial).clean().accuracy()),
                TwoWay.of(trials.stream().map(trial -> right(suite(trial))).toArray(double[][]::new)),
                sample(trials, trial -> suite(trial).afterGradients().orElse(Double.NaN)),
                sample(
                        trials,
                        trial -> trial.certificate()
                                .map(Certification::certified)
                                .orElse(Double.NaN)),
                sample(
                        trials,
                        trial -> trial.curve()
                                .flatMap(
                                        curve -> curve.suiteAttacks().getFirst().distances())
                                .map(distances -> distances.median())
                                .filter(Double::isFinite)
                                .orElse(Double.NaN)),
                sample(trials, trial -> trial.network().orElseThrow().density()),
                sample(trials, trial -> {
                    MethodResult.Size size = trial.network().orElseThrow();
                    return size.ofUnits() == 0 ? 1 : (double) size.units() / size.ofUnits();
                }),
                sample(trials, trial -> trial.seconds().orElse(Double.NaN)),
                (int) result.trials().stream()
                        .filter(trial -> trial.failure().isPresent())
                        .count()));
    }

    private static Sample sample(List<MethodResult.Trial> trials, ToDoubleFunction<MethodResult.Trial> number) {
        return Sample.of(trials.stream()
                .map(number::applyAsDouble)
                .filter(value -> !Double.isNaN(value))
                .toList());
    }

    private static StoredEvaluation suite(MethodResult.Trial trial) {
        return trial.suite().orElseThrow();
    }

    /** 1 for each image that withstands the suite. */
    private static double[] right(StoredEvaluation evaluation) {
        Outcomes withstands = evaluation.withstands();
        double[] right = new double[withstands.inputs()];
        for (int i = 0; i < right.length; i++) {
            right[i] = withstands.right(i) ? 1 : 0;
        }
        return right;
    }

    /** 1 for each image that is certified. */
    private static double[] right(Certification certificate) {
        return certificate.images().stream()
                .mapToDouble(image -> image.certified() ? 1 : 0)
                .toArray();
    }

    private static Board board(double sparsity, boolean structured, List<Row> unsorted) {
        List<Row> rows = ranked(unsorted, row -> row.robust().mean());
        List<Row> certified = ranked(
                rows.stream().filter(Row::certifiedWhole).toList(),
                row -> row.certified().mean());
        return new Board(
                sparsity,
                structured,
                rows,
                pairs(rows, trial -> trial.suite().map(Leaderboard::right)),
                pairs(
                        certified,
                        trial -> trial.suite().flatMap(_ -> trial.certificate()).map(Leaderboard::right)));
    }

    private static PairwiseComparisons pairs(List<Row> ranked, Function<MethodResult.Trial, Optional<double[]>> right) {
        return PairwiseComparisons.of(ranked.stream()
                .map(row -> {
                    SortedMap<Integer, double[]> byTrial = new TreeMap<>();
                    row.result()
                            .trials()
                            .forEach(trial ->
                                    right.apply(trial).ifPresent(images -> byTrial.put(trial.trial(), images)));
                    return new PairwiseComparisons.Method(row.name(), byTrial);
                })
                .toList());
    }

    private static List<Row> ranked(List<Row> rows, ToDoubleFunction<Row> mean) {
        return rows.stream()
                .sorted(Comparator.comparingDouble((Row row) -> -mean.applyAsDouble(row))
                        .thenComparing(Row::name))
                .toList();
    }
}
