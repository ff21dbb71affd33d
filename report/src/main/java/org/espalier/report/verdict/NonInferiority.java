package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.espalier.lab.experiment.Experiment;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Holm;
import org.espalier.report.statistics.Intervals;
import org.espalier.report.statistics.Paired;
import org.espalier.report.statistics.Sample;

/**
 * The test of non-inferiority that decides which pruned networks are winning robust tickets.
 *
 * <p>Each pruned network is compared with the dense network of the same trial, both on test images at their own early
 * stop, which validation images alone choose. Over trials, two one-sided paired t tests ask whether natural accuracy and
 * whether accuracy under the attack is worse by more than the margin. Both have to say no (the larger p value counts: an
 * intersection-union test, which needs no correction for being two; Berger, "Multiparameter hypothesis testing and
 * acceptance sampling", Technometrics 24, 1982), and Holm's correction allows for all densities of a strategy being
 * tried. Among those that pass, the ones whose mean early stop is no later than the dense network's win.
 */
public final class NonInferiority {
    private final String run;
    private final Cell cell;
    private final Terms terms;
    private final Selection selection;

    NonInferiority(String run, Cell cell, Terms terms) {
        this.run = run;
        this.cell = cell;
        this.terms = terms;
        this.selection = cell.selection().<Selection>map(Selection.Stopped::new).orElseGet(Selection.Last::new);
    }

    /** What one network reached: its accuracies are shares, 0 to 1. */
    record Reached(int trial, int iteration, double natural, double adversarial, int images) {}

    /**
     * What a verdict is on.
     *
     * @param attack see {@link TicketVerdict}
     * @param trainedAgainst likewise
     * @param basis likewise
     */
    record Subject(String strategy, String attack, boolean trainedAgainst, Optional<Basis> basis) {}

    /** One verdict for each data set, objective, strategy that prunes, and evaluation attack or bound. */
    public static List<TicketVerdict> all(String run, Results results, Terms terms) {
        var verdicts = new ArrayList<TicketVerdict>();
        for (Cell cell : results.cells()) {
            var judge = new NonInferiority(run, cell, terms);
            for (Cell.Strategy strategy : cell.strategies()) {
                if (strategy.levels() > 1) {
                    cell.measured().forEach(attack -> verdicts.add(judge.verdict(strategy, attack, results.images())));
                }
            }
        }
        return List.copyOf(verdicts);
    }

    /**
     * The same with a verdict for each data set, objective and strategy that goes by the strongest evaluation there is, where
     * there is one; it stands before those on the search's own attacks.
     *
     * @param experiment the search's settings
     * @param robustness its evaluations
     */
    public static List<TicketVerdict> all(
            String run, Results results, Experiment experiment, Robustness robustness, Terms terms) {
        return EvaluationVerdicts.with(all(run, results, terms), run, results, experiment, robustness, terms);
    }

    private TicketVerdict verdict(Cell.Strategy strategy, String attack, OptionalInt images) {
        var byLevel = new TreeMap<Integer, List<Series>>();
        cell.series().stream()
                .filter(s -> s.strategy().equals(strategy.name()) && s.level() < strategy.levels())
                .sorted(Comparator.comparingInt(Series::trial))
                .forEach(s -> byLevel.computeIfAbsent(s.level(), _ -> new ArrayList<>())
                        .add(s));
        var reached = new TreeMap<Integer, List<Reached>>();
        byLevel.forEach((level, series) -> {
            List<Reached> found =
                    series.stream().flatMap(s -> reached(s, attack).stream()).toList();
            if (!found.isEmpty()) {
                reached.put(level, found);
            }
        });
        Map<Integer, Comparison.Standing> barred = new HashMap<>();
        // Trials that remain where others diverged are a selection.
        int diverged = diverged(byLevel);
        reached.keySet().stream()
                .filter(level -> level >= diverged)
                .forEach(level -> barred.put(level, Comparison.Standing.DIVERGED));
        return verdict(
                new Subject(
                        strategy.name(),
                        attack,
                        cell.training().against().filter(attack::equals).isPresent(),
                        Optional.empty()),
                images,
                reached,
                barred,
                best(byLevel, reached, attack));
    }

    /**
     * The verdict of an evaluation.
     *
     * @param byLevel what is trained
     * @param reached what is evaluated, by level
     * @param barred levels that cannot win, and why
     * @param best the level that validation images choose, if they choose one
     */
    TicketVerdict verdict(
            Subject subject,
            TreeMap<Integer, List<Series>> byLevel,
            TreeMap<Integer, List<Reached>> reached,
            Map<Integer, Comparison.Standing> barred,
            Optional<Integer> best) {
        int diverged = diverged(byLevel);
        Map<Integer, Comparison.Standing> all = new HashMap<>(barred);
        byLevel.keySet().stream()
                .filter(level -> level >= diverged)
                .forEach(level -> all.put(level, Comparison.Standing.DIVERGED));
        return verdict(
                subject,
                OptionalInt.empty(),
                reached,
                all,
                best.flatMap(level -> Optional.ofNullable(reached.get(level))
                        .filter(found -> !atChance(found))
                        .map(found -> estimate(level, found, Reached::adversarial))));
    }

    private TicketVerdict verdict(
            Subject subject,
            OptionalInt images,
            TreeMap<Integer, List<Reached>> reached,
            Map<Integer, Comparison.Standing> barred,
            Optional<Estimate> best) {
        Optional<Estimate> dense =
                Optional.ofNullable(reached.get(0)).map(found -> estimate(0, found, Reached::adversarial));
        boolean nothingToKeep =
                dense.isPresent() && chance(dense.get().accuracy().mean());
        List<Comparison> comparisons = compare(reached, barred, nothingToKeep);
        Optional<Comparison> ticket = comparisons.stream()
                .filter(c -> c.standing() == Comparison.Standing.WINS)
                .max(Comparator.comparingInt(Comparison::level));
        var verdict = new TicketVerdict(
                run,
                cell.dataset(),
                cell.objective(),
                subject.strategy(),
                subject.attack(),
                subject.trainedAgainst(),
                subject.basis(),
                terms,
                cell.trials(),
                selection instanceof Selection.Stopped,
                cell.chance().map(chance -> OptionalDouble.of(chance.share())).orElseGet(OptionalDouble::empty),
                dense,
                cell.noStop().isPresent() ? Optional.empty() : best,
                comparisons,
                ticket,
                List.of(),
                List.of(),
                BeyondAttack.NONE);
        return VerdictText.on(verdict, images, cell.noStop(), cell.notes());
    }

    /** The iteration at which a finished network stops early, if there is a rule. */
    OptionalInt stop(Series series) {
        return selection.of(series);
    }

    Terms terms() {
        return terms;
    }

    /** Whether an accuracy is no better than naming the most frequent class. */
    private boolean chance(double accuracy) {
        return cell.chance().filter(chance -> chance.covers(accuracy)).isPresent();
    }

    /** Whether a network of some trial is no better than chance; one that names a single class never is. */
    private boolean atChance(List<Reached> networks) {
        return networks.stream().anyMatch(r -> chance(r.natural()) || chance(r.adversarial()));
    }

    /** The first level at which each trial diverged, the least of all trials; the largest number if none did. */
    private static int diverged(TreeMap<Integer, List<Series>> byLevel) {
        return byLevel.values().stream()
                .flatMap(List::stream)
                .filter(s -> s.state() == Series.State.DIVERGED)
                .mapToInt(Series::level)
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private Optional<Reached> reached(Series series, String attack) {
        if (series.state() != Series.State.FINISHED) {
            return Optional.empty();
        }
        OptionalInt iteration = selection.of(series);
        if (iteration.isEmpty()) {
            return Optional.empty();
        }
        int at = iteration.getAsInt();
        Optional<Point> natural = series.at(at, Point.TEST, Point.NATURAL);
        Optional<Point> adversarial = series.at(at, Point.TEST, attack);
        return natural.isPresent() && adversarial.isPresent()
                ? Optional.of(new Reached(
                        series.trial(),
                        at,
                        natural.get().accuracy(),
                        adversarial.get().accuracy(),
                        adversarial.get().examples()))
                : Optional.empty();
    }

    private List<Comparison> compare(
            TreeMap<Integer, List<Reached>> reached, Map<Integer, Comparison.Standing> barred, boolean nothingToKeep) {
        List<Reached> dense = reached.getOrDefault(0, List.of());
        var untested = new ArrayList<Comparison>();
        var levels = new TreeSet<>(reached.tailMap(1).keySet());
        // Of levels that are trained and were not evaluated there is that to say.
        barred.forEach((level, standing) -> {
            if (standing == Comparison.Standing.NOT_EVALUATED) {
                levels.add(level);
            }
        });
        levels.forEach(level -> {
            List<Reached> found = reached.getOrDefault(level, List.of());
            var pairs = new ArrayList<Reached[]>();
            for (Reached pruned : found) {
                dense.stream()
                        .filter(d -> d.trial() == pruned.trial())
                        .forEach(d -> pairs.add(new Reached[] {pruned, d}));
            }
            if (!pairs.isEmpty() || barred.get(level) == Comparison.Standing.NOT_EVALUATED) {
                Paired natural = paired(pairs, Reached::natural);
                Paired adversarial = paired(pairs, Reached::adversarial);
                untested.add(new Comparison(
                        level,
                        density(level),
                        natural,
                        adversarial,
                        selection instanceof Selection.Stopped
                                ? paired(pairs, Reached::iteration)
                                : new Paired(List.of()),
                        // No test, and no share in the correction.
                        !barred.containsKey(level)
                                ? both(natural.notWorse(terms.margin()), adversarial.notWorse(terms.margin()))
                                : OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        atChance(found) ? Comparison.Standing.CHANCE : Comparison.Standing.OPEN));
            }
        });
        List<Double> adjusted = Holm.adjust(
                untested.stream().flatMap(c -> c.p().stream().boxed()).toList());
        var judged = new ArrayList<Comparison>();
        int next = 0;
        for (Comparison c : untested) {
            OptionalDouble p = c.p().isPresent() ? OptionalDouble.of(adjusted.get(next++)) : OptionalDouble.empty();
            judged.add(new Comparison(
                    c.level(),
                    c.density(),
                    c.natural(),
                    c.adversarial(),
                    c.iterations(),
                    c.p(),
                    p,
                    standing(c, p, barred, nothingToKeep)));
        }
        return judged;
    }

    private Comparison.Standing standing(
            Comparison c, OptionalDouble adjusted, Map<Integer, Comparison.Standing> barred, boolean nothingToKeep) {
        if (nothingToKeep) {
            return Comparison.Standing.NOTHING_TO_KEEP;
        } else if (barred.containsKey(c.level())) {
            return Objects.requireNonNull(barred.get(c.level()));
        } else if (c.standing() == Comparison.Standing.CHANCE) {
            return Comparison.Standing.CHANCE;
        } else if (adjusted.isPresent() && adjusted.getAsDouble() <= terms.level()) {
            return c.iterations().count() == 0
                    ? Comparison.Standing.UNTIMED
                    : c.iterations().mean() <= 0 ? Comparison.Standing.WINS : Comparison.Standing.LATER;
        }
        boolean within =
                c.natural().mean() >= -terms.margin() && c.adversarial().mean() >= -terms.margin();
        return within ? Comparison.Standing.OPEN : Comparison.Standing.WORSE;
    }

    private static OptionalDouble both(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() && other.isPresent()
                ? OptionalDouble.of(Math.max(one.getAsDouble(), other.getAsDouble()))
                : OptionalDouble.empty();
    }

    private static Paired paired(List<Reached[]> pairs, ToDoubleFunction<Reached> of) {
        return Paired.of(
                pairs.stream().map(pair -> of.applyAsDouble(pair[0])).toList(),
                pairs.stream().map(pair -> of.applyAsDouble(pair[1])).toList());
    }

    /**
     * The level of best mean accuracy on validation images under the attack, the denser of equals. A level with a network that
     * is no better than chance is never the best.
     */
    private Optional<Estimate> best(
            TreeMap<Integer, List<Series>> byLevel, TreeMap<Integer, List<Reached>> reached, String attack) {
        int most =
                reached.tailMap(1).values().stream().mapToInt(List::size).max().orElse(0);
        record Candidate(int level, double validation) {}

        return reached.entrySet().stream()
                .filter(e -> most > 0 && e.getValue().size() >= most)
                .filter(e -> !atChance(e.getValue()))
                .flatMap(e -> {
                    List<Double> validation = byLevel.getOrDefault(e.getKey(), List.of()).stream()
                            .flatMap(s -> validation(s, attack))
                            .toList();
                    return validation.size() == e.getValue().size()
                            ? Stream.of(new Candidate(
                                    e.getKey(), Sample.of(validation).mean()))
                            : Stream.empty();
                })
                .sorted(Comparator.comparingInt(Candidate::level))
                .reduce((a, b) -> b.validation() > a.validation() ? b : a)
                .map(c -> estimate(c.level(), reached.getOrDefault(c.level(), List.of()), Reached::adversarial));
    }

    private Stream<Double> validation(Series series, String attack) {
        return reached(series, attack).stream()
                .flatMap(r -> series.at(r.iteration(), Point.VALIDATION, attack).stream())
                .map(Point::accuracy);
    }

    private Estimate estimate(int level, List<Reached> found, ToDoubleFunction<Reached> of) {
        List<Double> accuracies = found.stream().map(r -> of.applyAsDouble(r)).toList();
        int images = found.getFirst().images();
        boolean asMany = found.stream().allMatch(r -> r.images() == images);
        return new Estimate(
                level,
                density(level),
                Sample.of(accuracies),
                Intervals.mean(accuracies, terms.confidence()),
                found.size() == 1 && images > 0
                        ? Optional.of(Intervals.wilson(
                                (int) Math.round(accuracies.getFirst() * images), images, terms.confidence()))
                        : Optional.empty(),
                asMany ? OptionalInt.of(images) : OptionalInt.empty());
    }

    private double density(int level) {
        return level < cell.densities().size() ? cell.densities().get(level) : Double.NaN;
    }
}
