package org.espalier.report.leaderboard;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.lab.experiment.BenchmarkSettings;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.Names;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Interval;
import org.espalier.report.statistics.Sample;
import org.espalier.report.table.Table;

/** The tables of a leaderboard: a summary, a ranking for each sparsity, and the record of each method. */
public final class LeaderboardTables {
    private static final String NONE = "-";
    private static final List<String> COMPARISON = List.of("points", "95 % interval", "noise?", "shown worse");

    private LeaderboardTables() {}

    /** All tables, the summary first. */
    public static List<Table> of(Leaderboard leaderboard) {
        List<Table> tables = new ArrayList<>();
        tables.addAll(summaries(leaderboard));
        leaderboard.boards().forEach(board -> tables.add(ranking(leaderboard, board)));
        tables.add(record(leaderboard));
        return tables;
    }

    /** Clean and robust accuracy by method and sparsity, for methods of weights and of units. */
    public static List<Table> summaries(Leaderboard leaderboard) {
        List<Table> tables = new ArrayList<>();
        for (boolean structured : new boolean[] {false, true}) {
            List<Leaderboard.Board> boards = leaderboard.boards().stream()
                    .filter(board -> board.structured() == structured && board.sparsity() > 0)
                    .toList();
            if (!boards.isEmpty()) {
                tables.add(summary(leaderboard, structured, boards));
            }
        }
        return tables;
    }

    private static Table summary(Leaderboard leaderboard, boolean structured, List<Leaderboard.Board> boards) {
        Set<String> names = new java.util.LinkedHashSet<>();
        leaderboard.results().forEach(result -> names.add(result.run().method().name()));
        Set<String> ranked = new TreeSet<>();
        boards.forEach(board -> board.rows().forEach(row -> ranked.add(row.name())));
        names.retainAll(ranked);
        List<List<String>> keys = names.stream().map(List::of).toList();
        List<Table.Block> blocks = new ArrayList<>();
        for (Leaderboard.Board board : boards) {
            Map<String, Leaderboard.Row> rows = new LinkedHashMap<>();
            board.rows().forEach(row -> rows.put(row.name(), row));
            List<String> titles = withCertified(leaderboard, List.of("clean %", "robust %"), "certified %");
            blocks.add(new Table.Block(
                    percentOf(board.sparsity()) + " % pruned",
                    titles,
                    names.stream()
                            .map(name -> Optional.ofNullable(rows.get(name))
                                    .map(row -> withCertified(
                                            leaderboard,
                                            List.of(
                                                    percent(row.clean().mean()),
                                                    percent(row.robust().mean())),
                                            row.certifiedWhole()
                                                    ? percent(row.certified().mean())
                                                    : NONE))
                                    .orElse(Collections.nCopies(titles.size(), NONE)))
                            .toList()));
        }
        return new Table(
                structured ? "Methods that prune units" : "Methods that prune weights",
                new Table.Block("", List.of("method"), keys, true),
                blocks,
                notes(leaderboard));
    }

    /** Values with a further one, where the benchmark certifies. */
    private static List<String> withCertified(Leaderboard leaderboard, List<String> values, String certified) {
        List<String> all = new ArrayList<>(values);
        leaderboard.settings().evaluation().certify().ifPresent(_ -> all.add(certified));
        return all;
    }

    private static List<String> notes(Leaderboard leaderboard) {
        List<String> notes = new ArrayList<>();
        notes.add("robust: right under suite "
                + leaderboard.settings().evaluation().suite() + ", "
                + ball(leaderboard.settings().evaluation()) + ", means over trials");
        leaderboard
                .settings()
                .evaluation()
                .certify()
                .ifPresent(bounds -> notes.add("certified: the share of these images that " + bounds
                        + " proves right in the whole ball, means over trials"));
        leaderboard.boards().stream()
                .filter(board -> board.sparsity() == 0)
                .flatMap(board -> board.rows().stream())
                .forEach(row -> notes.add(row.name() + " network with the same updates: clean "
                        + percent(row.clean().mean()) + " %, robust "
                        + percent(row.robust().mean()) + " %"
                        + (row.certifiedWhole()
                                ? ", certified " + percent(row.certified().mean()) + " %"
                                : "")));
        return notes;
    }

    /** The ranking at a sparsity, with intervals and comparisons with the best. */
    public static Table ranking(Leaderboard leaderboard, Leaderboard.Board board) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> accuracies = new ArrayList<>();
        List<List<String>> comparisons = new ArrayList<>();
        List<List<String>> certified = new ArrayList<>();
        List<List<String>> costs = new ArrayList<>();
        for (int r = 0; r < board.rows().size(); r++) {
            Leaderboard.Row row = board.rows().get(r);
            keys.add(List.of(Integer.toString(r + 1), row.name()));
            Interval interval = row.interval();
            accuracies.add(withCertified(
                    leaderboard,
                    List.of(
                            spread(row.clean()),
                            percent(row.robust().mean()),
                            percent(interval.low()) + "-" + percent(interval.high()),
                            row.gradients().count() == 0
                                    ? NONE
                                    : percent(row.gradients().mean()),
                            row.distance().count() == 0
                                    ? NONE
                                    : String.format(
                                            Locale.ROOT, "%.3f", row.distance().mean())),
                    row.certifiedWhole() ? spread(row.certified()) : NONE));
            comparisons.add(comparison(board.robust(), row.name()));
            certified.add(comparison(board.certified(), row.name()));
            costs.add(List.of(
                    Numbers.percent(row.density().mean()),
                    Numbers.percent(row.units().mean()),
                    Integer.toString(row.robust().trials())
                            + (row.diverged() > 0 ? " (" + row.diverged() + " diverged)" : ""),
                    row.seconds().count() == 0
                            ? NONE
                            : String.format(Locale.ROOT, "%.0f", row.seconds().mean())));
        }
        List<Table.Block> blocks = new ArrayList<>();
        blocks.add(new Table.Block(
                "accuracy",
                withCertified(
                        leaderboard,
                        List.of("clean %", "robust %", "95 % interval", "white-box %", "median distance"),
                        "certified %"),
                accuracies));
        blocks.add(new Table.Block("robust, difference to the best", COMPARISON, comparisons, Set.of(2)));
        if (!board.certified().isEmpty()) {
            blocks.add(new Table.Block("certified, difference to the best", COMPARISON, certified, Set.of(2)));
        }
        blocks.add(
                new Table.Block("network", List.of("weights %", "units %", "trials", "training s"), costs, Set.of()));
        return new Table(
                percentOf(board.sparsity()) + " % of the " + (board.structured() ? "hidden units" : "weights")
                        + " pruned",
                new Table.Block("", List.of("rank", "method"), keys, Set.of(1)),
                blocks,
                List.of(
                        "Intervals cover trials and images and are not corrected. noise?: within noise, if the paired difference to"
                                + " the best is not shown at 5 % after Holm's correction over all pairs of methods."
                                + " Robust and certified accuracy are corrected each on their own.",
                        "shown worse: number of methods that are shown to have less of the same accuracy.",
                        "white-box: right under the attacks with gradients alone, mean over trials. Where it is far above robust, attacks with"
                                + " gradients miss much, and the true figure may be lower still.",
                        "clean, certified: mean and standard deviation over trials. median distance: of the nearest adversarial"
                                + " examples that FMN found. training: seconds on the clock of one thread."));
    }

    private static List<String> comparison(PairwiseComparisons pairs, String name) {
        Optional<PairwiseComparisons.Pair> behind = pairs.behindBest(name);
        return List.of(
                behind.map(pair -> points(-pair.difference().mean())).orElse(NONE),
                behind.map(pair -> points(-pair.interval().high()) + " to "
                                + points(-pair.interval().low()))
                        .orElse(NONE),
                pairs.standing(name),
                pairs.ranked().contains(name) ? Long.toString(pairs.shownWorse(name)) : NONE);
    }

    /** The record of each method, in the form of Piras et al. (2024). */
    public static Table record(Leaderboard leaderboard) {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Map<String, BenchmarkSettings.Method> methods = new LinkedHashMap<>();
        leaderboard
                .results()
                .forEach(result ->
                        methods.put(result.run().method().name(), result.run().method()));
        methods.values().forEach(method -> {
            keys.add(List.of(method.name()));
            rows.add(List.of(
                    ExperimentFile.nameOf(method.prunes()),
                    method.objectives().before(),
                    method.objectives().pruning(),
                    method.objectives().after(),
                    ExperimentFile.nameOf(method.steps()),
                    ExperimentFile.nameOf(method.reach()),
                    method.structured() ? "units" : "weights",
                    method.criterion(),
                    method.source().isEmpty() ? NONE : method.source()));
        });
        return new Table(
                "Methods",
                new Table.Block("", List.of("method"), keys, true),
                List.of(new Table.Block(
                        "",
                        List.of(
                                "prunes",
                                "objective before",
                                "of scores",
                                "after",
                                "steps",
                                "scope",
                                "of",
                                "criterion",
                                "source"),
                        rows,
                        true)),
                List.of("The form of the record is that of Piras et al. (2024). Every method makes "
                        + Numbers.count(leaderboard.settings().updates()) + " updates for one network."));
    }

    /** What a ranking says, in sentences. */
    public static List<String> sentences(Leaderboard.Board board) {
        Leaderboard.Row best = board.rows().getFirst();
        Interval interval = best.interval();
        List<String> sentences = new ArrayList<>();
        if (board.sparsity() == 0) {
            sentences.add("Without pruning, the robust accuracy of " + best.name() + " is "
                    + percent(best.robust().mean()) + " % (95 % interval " + percent(interval.low())
                    + " to " + percent(interval.high()) + ").");
            return sentences;
        }
        sentences.add("With " + percentOf(board.sparsity()) + " % of the "
                + (board.structured() ? "hidden units" : "weights") + " pruned, " + best.name()
                + " has the highest robust accuracy: " + percent(best.robust().mean()) + " % (95 % interval "
                + percent(interval.low()) + " to " + percent(interval.high()) + ", "
                + best.robust().trials() + (best.robust().trials() == 1 ? " trial)." : " trials)."));
        sentences.addAll(behind(board.robust()));
        certified(board).ifPresent(row -> {
            sentences.add(row.name() + " has the highest certified accuracy: "
                    + percent(row.certified().mean()) + " %.");
            sentences.addAll(behind(board.certified()));
            List<String> without = board.rows().stream()
                    .map(Leaderboard.Row::name)
                    .filter(name -> !board.certified().ranked().contains(name))
                    .toList();
            if (!without.isEmpty()) {
                sentences.add("Without all certificates: " + String.join(", ", without) + ".");
            }
        });
        return sentences;
    }

    /** The method with the highest certified accuracy; empty where no image is certified. */
    private static Optional<Leaderboard.Row> certified(Leaderboard.Board board) {
        return board.certified()
                .best()
                .flatMap(name -> board.rows().stream()
                        .filter(row ->
                                row.name().equals(name) && row.certified().mean() > 0)
                        .findFirst());
    }

    /** Which methods are within noise of the best, and which are shown to be worse. */
    private static List<String> behind(PairwiseComparisons pairs) {
        List<String> noise = new ArrayList<>();
        List<String> worse = new ArrayList<>();
        pairs.ranked()
                .forEach(name -> pairs.behindBest(name).ifPresent(pair -> (pair.shown() ? worse : noise).add(name)));
        List<String> sentences = new ArrayList<>();
        if (!noise.isEmpty()) {
            sentences.add("The difference is within noise for " + String.join(", ", noise) + ".");
        }
        if (!worse.isEmpty()) {
            sentences.add("Shown to be worse: " + String.join(", ", worse) + ".");
        }
        return sentences;
    }

    /** The ball of an evaluation in words. */
    static String ball(BenchmarkSettings.Evaluation evaluation) {
        return evaluation.norm() + " " + Numbers.radius(evaluation.epsilon()) + ", first " + evaluation.images()
                + " test " + Names.noun(evaluation.images(), "image");
    }

    static String percentOf(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String points(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share + 0.0);
    }

    private static String spread(Sample sample) {
        return percent(sample.mean())
                + (sample.deviation().isPresent()
                        ? String.format(
                                Locale.ROOT, " +-%.1f", 100 * sample.deviation().getAsDouble())
                        : "");
    }
}
