package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Experiment;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;
import org.espalier.report.verdict.Comparison.Standing;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts that go by the strongest evaluation there is: one for each data set, objective and strategy on whose networks a suite
 * of attacks was run. They compare lowest known accuracies, by the test of {@link NonInferiority}. A level cannot win whose
 * figure the rules refuse or call unreliable, or of which a trained trial was not evaluated.
 */
final class EvaluationVerdicts {
    private final Cell cell;
    private final Cell.Strategy strategy;
    private final ThreatModel ball;
    private final NonInferiority judge;
    private final List<Evaluated> evaluations;

    /** Evaluations by one suite in one ball. */
    private record Way(EvaluationFamily family, double epsilon) {}

    private record Network(int trial, int level) {
        static Network of(Evaluated evaluated) {
            return new Network(evaluated.trial().trial(), evaluated.level());
        }
    }

    private EvaluationVerdicts(
            Cell cell, Cell.Strategy strategy, ThreatModel ball, NonInferiority judge, List<Evaluated> evaluations) {
        this.cell = cell;
        this.strategy = strategy;
        this.ball = ball;
        this.judge = judge;
        this.evaluations = evaluations;
    }

    /**
     * Verdicts by evaluations, each before those on the search's own attacks of the same networks.
     *
     * @param own verdicts on the search's own attacks
     */
    static List<TicketVerdict> with(
            List<TicketVerdict> own,
            String run,
            Results results,
            Experiment experiment,
            Robustness robustness,
            Terms terms) {
        var all = new ArrayList<TicketVerdict>();
        for (Cell cell : results.cells()) {
            for (Cell.Strategy strategy : cell.strategies()) {
                List<TicketVerdict> same = own.stream()
                        .filter(v -> v.dataset().equals(cell.dataset())
                                && v.objective().equals(cell.objective())
                                && v.strategy().equals(strategy.name()))
                        .toList();
                if (strategy.levels() > 1) {
                    new EvaluationVerdicts(
                                    cell,
                                    strategy,
                                    ball(experiment, cell),
                                    new NonInferiority(run, cell, terms),
                                    of(robustness, cell, strategy))
                            .verdict(same)
                            .ifPresent(all::add);
                }
                all.addAll(same);
            }
        }
        return List.copyOf(all);
    }

    /** Evaluations on test images of levels that the cell shows. */
    private static List<Evaluated> of(Robustness robustness, Cell cell, Cell.Strategy strategy) {
        return robustness.evaluations().stream()
                .filter(e -> e.trial().dataset().equals(cell.dataset())
                        && e.trial().objective().equals(cell.objective())
                        && e.trial().strategy().equals(strategy.name())
                        && e.level() < strategy.levels()
                        && e.evaluation().split().equals(Point.TEST))
                .toList();
    }

    /** The ball that networks are trained or measured in; the bound's where training is on one. */
    private static ThreatModel ball(Experiment experiment, Cell cell) {
        Optional<String> attack = cell.training()
                .attack()
                .or(() -> cell.bound().isPresent() || cell.attacks().isEmpty()
                        ? Optional.empty()
                        : Optional.of(cell.attacks().getLast()))
                .filter(experiment.attacks()::containsKey);
        return attack.map(name -> experiment.attack(name).threat())
                .orElseGet(() -> new ThreatModel(Norm.LINF, (float)
                        cell.bound().map(Cell.Bound::epsilon).orElse(0.3).doubleValue()));
    }

    private Optional<TicketVerdict> verdict(List<TicketVerdict> own) {
        Map<Way, List<Evaluated>> ways = new LinkedHashMap<>();
        evaluations.forEach(
                e -> ways.computeIfAbsent(new Way(EvaluationFamily.of(e), e.epsilon()), _ -> new ArrayList<>())
                        .add(e));
        return ways.entrySet().stream().min(strongest()).map(way -> verdict(way.getKey(), way.getValue(), ways, own));
    }

    /**
     * The ball that is trained in first, or the nearest one; then what compares pruned networks with dense ones, of most
     * networks and most images; of equals the one that breaks most.
     */
    private Comparator<Map.Entry<Way, List<Evaluated>>> strongest() {
        return Comparator.comparing((Map.Entry<Way, List<Evaluated>> way) ->
                        way.getKey().family().norm() != ball.norm())
                .thenComparing(way -> Math.abs(way.getKey().epsilon() - Evaluated.plain(ball.epsilon())))
                .thenComparing(way -> !compares(way.getValue()))
                .thenComparing(way -> -way.getValue().size())
                .thenComparing(way -> -way.getKey().family().images())
                .thenComparing(way -> Sample.of(way.getValue().stream()
                                .map(e -> e.evaluation().robust().accuracy())
                                .toList())
                        .mean())
                .thenComparing(way -> !way.getKey().family().weights().equals("final"))
                .thenComparing(way -> way.getKey().family().suite())
                .thenComparing(way -> way.getKey().family().seed());
    }

    private static boolean compares(List<Evaluated> way) {
        return way.stream()
                .anyMatch(e -> e.level() > 0
                        && way.stream()
                                .anyMatch(d -> d.level() == 0
                                        && d.trial().trial() == e.trial().trial()));
    }

    private TicketVerdict verdict(
            Way way, List<Evaluated> found, Map<Way, List<Evaluated>> ways, List<TicketVerdict> own) {
        Map<Network, Evaluated> byNetwork = new HashMap<>();
        found.forEach(e -> byNetwork.putIfAbsent(Network.of(e), e));
        Set<Network> trained = new HashSet<>();
        var reached = new TreeMap<Integer, List<NonInferiority.Reached>>();
        var levels = new TreeMap<Integer, List<Series>>();
        cell.series().stream()
                .filter(s -> s.strategy().equals(strategy.name()) && s.level() < strategy.levels())
                .sorted(Comparator.comparingInt(Series::trial))
                .forEach(s -> levels.computeIfAbsent(s.level(), _ -> new ArrayList<>())
                        .add(s));
        levels.forEach((level, trials) -> {
            for (Series series : trials) {
                var network = new Network(series.trial(), level);
                if (series.state() == Series.State.FINISHED) {
                    trained.add(network);
                    reached(series, byNetwork.get(network))
                            .ifPresent(r -> reached.computeIfAbsent(level, _ -> new ArrayList<>())
                                    .add(r));
                }
            }
        });
        Map<Integer, Standing> barred = barred(levels, trained, byNetwork);
        withdrawn(way, ways).forEach(level -> barred.putIfAbsent(level, Standing.WITHDRAWN));
        Optional<TicketVerdict> against =
                own.stream().filter(TicketVerdict::trainedAgainst).findFirst();
        return judge.verdict(
                new NonInferiority.Subject(
                        strategy.name(),
                        way.family().suite(),
                        cell.training().against().isPresent(),
                        Optional.of(new Basis(way.family(), way.epsilon()))),
                levels,
                reached,
                barred,
                against.or(() -> own.stream().findFirst())
                        .flatMap(TicketVerdict::best)
                        .map(Estimate::level)
                        .filter(level -> !barred.containsKey(level)));
    }

    private Optional<NonInferiority.Reached> reached(Series series, @Nullable Evaluated evaluated) {
        if (evaluated == null) {
            return Optional.empty();
        }
        OptionalInt stop = judge.stop(series);
        return Optional.of(new NonInferiority.Reached(
                series.trial(),
                stop.orElse(0),
                evaluated.evaluation().clean().accuracy(),
                evaluated.evaluation().lowestKnown().accuracy(),
                evaluated.evaluation().lowestKnown().images()));
    }

    /** Levels that cannot win, whatever their figures are. */
    private static Map<Integer, Standing> barred(
            TreeMap<Integer, List<Series>> levels, Set<Network> trained, Map<Network, Evaluated> byNetwork) {
        Map<Integer, Standing> barred = new TreeMap<>();
        levels.tailMap(1).forEach((level, trials) -> {
            boolean missing = false;
            Verdict worst = Verdict.PASS;
            boolean unchecked = false;
            for (Series series : trials) {
                var pruned = new Network(series.trial(), level);
                var dense = new Network(series.trial(), 0);
                if (!trained.contains(pruned) || !trained.contains(dense)) {
                    continue;
                }
                Evaluated one = byNetwork.get(pruned);
                Evaluated other = byNetwork.get(dense);
                if (one == null || other == null) {
                    missing = true;
                    continue;
                }
                worst = max(worst, one.evaluation().verdict());
                // An unreliable dense figure may be too high, which makes it harder to win; a refused one says nothing.
                if (other.evaluation().verdict() == Verdict.REFUSED) {
                    worst = Verdict.REFUSED;
                }
                unchecked |= ownAttacksMissing(one);
            }
            if (worst == Verdict.REFUSED) {
                barred.put(level, Standing.REFUSED);
            } else if (worst == Verdict.UNRELIABLE) {
                barred.put(level, Standing.UNRELIABLE);
            } else if (missing) {
                barred.put(level, Standing.NOT_EVALUATED);
            } else if (unchecked) {
                barred.put(level, Standing.NOT_CHECKED);
            }
        });
        return barred;
    }

    private static Verdict max(Verdict one, Verdict other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Whether nothing but the suite itself was run: a weak suite leaves everything. */
    private static boolean ownAttacksMissing(Evaluated evaluated) {
        return evaluated.evaluation().findings().isEmpty()
                || evaluated.evaluation().findings().stream()
                        .anyMatch(f -> f.rule() == Rule.OWN_ATTACKS && f.verdict() == Verdict.NOT_CHECKED);
    }

    /** Levels that another evaluation in the same ball, of other images or weights, shows to be worse by its means. */
    private Set<Integer> withdrawn(Way way, Map<Way, List<Evaluated>> ways) {
        Set<Integer> withdrawn = new HashSet<>();
        ways.forEach((other, found) -> {
            if (!other.equals(way)
                    && other.epsilon() == way.epsilon()
                    && other.family().norm() == way.family().norm()) {
                found.stream()
                        .mapToInt(Evaluated::level)
                        .filter(level -> level > 0 && worse(found, level))
                        .forEach(withdrawn::add);
            }
        });
        return withdrawn;
    }

    private boolean worse(List<Evaluated> found, int level) {
        var differences = new ArrayList<Double>();
        for (Evaluated pruned : found) {
            found.stream()
                    .filter(dense -> pruned.level() == level
                            && dense.level() == 0
                            && dense.trial().trial() == pruned.trial().trial())
                    .findFirst()
                    .ifPresent(dense ->
                            differences.add(pruned.evaluation().lowestKnown().accuracy()
                                    - dense.evaluation().lowestKnown().accuracy()));
        }
        return !differences.isEmpty()
                && Sample.of(differences).mean() < -judge.terms().margin();
    }
}
