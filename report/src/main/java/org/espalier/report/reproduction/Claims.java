package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.lab.experiment.Names;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Paired;
import org.espalier.report.statistics.Sample;

/**
 * Judges the paper's claims by the stores of the reproduction. All comparisons are paired by trial, tested by one-sided t tests and
 * corrected by Holm's method over the comparisons of one judgement. Judgements of different stores, attacks and moments are not
 * corrected for each other.
 */
final class Claims {
    /** Levels of the published densities, the dense one first. */
    private static final List<Integer> PUBLISHED = List.of(0, 3, 8, 11, 15, 18);

    /** Pruned levels down to 3.6 % of the weights. */
    private static final List<Integer> TO_3_6 = List.of(3, 8, 11, 15);

    private static final int BEST = 8;
    private static final List<Integer> MODERATE = List.of(3, 8, 11);
    private static final List<Integer> DRAWN = List.of(3, 8, 15);

    /** Published tables show the networks of this iteration. */
    private static final int ITERATION = 30_000;

    private final PaperRun run;
    private final String original;
    private final List<Judgement> judgements = new ArrayList<>();

    private Claims(PaperRun run) {
        this.run = run;
        original = run.restart("original");
    }

    /** All judgements, claim by claim. */
    static List<Judgement> judge(List<PaperRun> runs) {
        var all = new ArrayList<Judgement>();
        runs.forEach(run -> all.addAll(new Claims(run).judged()));
        return all.stream()
                .sorted(java.util.Comparator.comparing(Judgement::claim))
                .toList();
    }

    private List<Judgement> judged() {
        if (!run.part().training().equals("natural")) {
            String attack = run.part().training();
            moments()
                    .forEach((moment, selection) -> accuracies(
                            attack,
                            moment,
                            series(series -> accuracy(series, selection, Point.TEST, attack)),
                            series(series -> accuracy(series, selection, Point.VALIDATION, attack))));
            suites();
        }
        run.cell().selection().ifPresent(this::stops);
        initialWeights();
        return judgements;
    }

    private Map<String, Selection> moments() {
        var moments = new LinkedHashMap<String, Selection>();
        moments.put("iteration 30,000", new Selection.At(ITERATION));
        moments.put("last iteration", new Selection.Last());
        run.cell().selection().ifPresent(rule -> moments.put("early stop", new Selection.Stopped(rule)));
        return moments;
    }

    private Values series(Function<Series, OptionalDouble> quantity) {
        return Values.of(run.cell().series(), quantity);
    }

    private static OptionalDouble accuracy(Series series, Selection selection, String split, String attack) {
        OptionalInt iteration = selection.of(series);
        return iteration.isEmpty()
                ? OptionalDouble.empty()
                : series.at(iteration.getAsInt(), split, attack).stream()
                        .mapToDouble(point -> 100 * point.accuracy())
                        .findFirst();
    }

    /** The claims about accuracy under attack. */
    private void accuracies(String evaluation, String moment, Values test, Values validation) {
        judge(Claim.ROBUST_TICKETS, evaluation, moment, TO_3_6, level -> test.paired(original, level, original, 0));
        judge(
                Claim.BEST_DENSITY,
                evaluation,
                moment,
                PUBLISHED.stream().filter(level -> level != BEST).toList(),
                level -> test.paired(original, BEST, original, level));
        if (run.has("continued")) {
            String continued = run.restart("continued");
            judge(
                    Claim.CONTINUED,
                    evaluation,
                    moment,
                    MODERATE,
                    level -> test.paired(continued, level, original, level));
            if (run.has("random")) {
                judge(
                        Claim.RANDOM,
                        evaluation,
                        moment,
                        PUBLISHED.stream().skip(1).toList(),
                        level -> test.paired(
                                mean(validation, continued, level) > mean(validation, original, level)
                                        ? continued
                                        : original,
                                level,
                                run.restart("random"),
                                level));
            }
        }
    }

    /** Mean over trials; below everything where there is none. */
    private static double mean(Values values, String strategy, int level) {
        Sample sample = Sample.of(List.copyOf(values.of(strategy, level).values()));
        return sample.count() == 0 ? Double.NEGATIVE_INFINITY : sample.mean();
    }

    /** The same claims by the lowest known accuracy under each suite that ran on the levels. */
    private void suites() {
        Map<String, List<Evaluated>> suites = run.run().robustness().evaluations().stream()
                .filter(each -> each.trial().dataset().equals(run.part().dataset())
                        && each.evaluation().split().equals(Point.TEST))
                .collect(Collectors.groupingBy(Claims::suite, LinkedHashMap::new, Collectors.toList()));
        suites.forEach((suite, evaluations) -> {
            Values values = Values.of(evaluations);
            // No validation images are attacked by a suite: random is compared with original where it has no better
            // choice.
            accuracies(suite, "final weights", values, new Values());
        });
    }

    private static String suite(Evaluated evaluated) {
        return evaluated.evaluation().suite() + ", "
                + evaluated.evaluation().threat().norm() + " "
                + Numbers.radius(evaluated.epsilon()) + ", "
                + Numbers.count(evaluated.evaluation().clean().images()) + " "
                + Names.noun(evaluated.evaluation().clean().images(), "image");
    }

    private void stops(EarlyStop rule) {
        Values stops = series(series -> {
            OptionalInt stop = new Selection.Stopped(rule).of(series);
            return stop.isPresent() ? OptionalDouble.of(stop.getAsInt()) : OptionalDouble.empty();
        });
        judge(Claim.FASTER, rule.describe(), "-", TO_3_6, level -> stops.paired(original, 0, original, level));
    }

    private void initialWeights() {
        SurvivorWeights survivors = SurvivorWeights.read(run.run().store(), original, DRAWN);
        var tests = new ArrayList<ClaimTest.Raw>();
        var missing = new ArrayList<String>();
        for (int level : DRAWN) {
            if (survivors.layers().isEmpty()) {
                missing.add(name(level));
            }
            for (String layer : survivors.layers()) {
                Paired differences = new Paired(survivors.excess(layer, level));
                add(tests, missing, layer + ", " + name(level), level, differences);
            }
        }
        conclude(Claim.INITIAL_WEIGHTS, "initial weights", "-", tests, missing);
    }

    private interface Comparison {
        Paired at(int level);
    }

    private void judge(Claim claim, String evaluation, String moment, List<Integer> levels, Comparison comparison) {
        var tests = new ArrayList<ClaimTest.Raw>();
        var missing = new ArrayList<String>();
        for (int level : levels) {
            add(tests, missing, name(level), level, comparison.at(level));
        }
        conclude(claim, evaluation, moment, tests, missing);
    }

    private void add(List<ClaimTest.Raw> tests, List<String> missing, String what, int level, Paired differences) {
        if (differences.count() == 0) {
            missing.add(what);
        } else {
            tests.add(new ClaimTest.Raw(what, density(level), differences));
        }
    }

    private void conclude(
            Claim claim, String evaluation, String moment, List<ClaimTest.Raw> tests, List<String> missing) {
        // What nothing is measured of is left out: the plan says what is missing.
        if (!tests.isEmpty()) {
            judgements.add(new Judgement(claim, run, evaluation, moment, ClaimTest.of(tests), missing));
        }
    }

    private double density(int level) {
        return level < run.cell().densities().size() ? run.cell().densities().get(level) : Double.NaN;
    }

    private String name(int level) {
        return String.format(Locale.ROOT, "%s %%", Numbers.percent(density(level)));
    }
}
