package org.espalier.report.content;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Names;
import org.espalier.report.evaluation.CertificateGroup;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.evaluation.RuleNotes;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;
import org.espalier.report.verdict.Basis;
import org.espalier.report.verdict.Comparison;
import org.espalier.report.verdict.TicketVerdict;

/**
 * The numbers of the report's first picture: robust accuracy by density under the evaluation that decides, and the certified
 * accuracy below it. Where nothing was evaluated, accuracy under the attack of training stands in its place and says so.
 *
 * @param frames one for each data set and objective
 */
public record RobustCurves(List<Frame> frames) {
    /**
     * A data set and objective.
     *
     * @param title e.g. {@code digits, pgd training}
     * @param under what accuracy is measured under, e.g. {@code suite standard, l-infinity 0.3}
     * @param evaluated whether an evaluation decides
     * @param notes what a reader needs to know, a sentence each
     * @param chains one for each strategy
     * @param dense the dense network's accuracy in percent
     */
    public record Frame(
            String title,
            String under,
            boolean evaluated,
            List<String> notes,
            List<Chain> chains,
            Optional<Double> dense) {
        public Frame {
            notes = List.copyOf(notes);
            chains = List.copyOf(chains);
        }
    }

    /** The levels of one restart strategy, the dense one first. */
    public record Chain(String strategy, List<Spot> spots) {
        public Chain {
            spots = List.copyOf(spots);
        }
    }

    /**
     * One level.
     *
     * @param density share of weights remaining, in percent
     * @param accuracy in percent, over trials
     * @param certified likewise; of no trials where nothing is certified
     * @param mark what the rules say of the accuracy, at the worst
     * @param ticket whether the verdict names this level
     */
    public record Spot(int level, double density, Sample accuracy, Sample certified, Verdict mark, boolean ticket) {}

    private static final Sample NONE = Sample.of(List.of());

    public RobustCurves {
        frames = List.copyOf(frames);
    }

    /** The curves of a report's decisive verdicts. */
    public static RobustCurves of(Report report) {
        record Place(String run, String dataset, String objective) {}

        Map<Place, List<TicketVerdict>> places = new LinkedHashMap<>();
        report.decisive()
                .forEach(v -> places.computeIfAbsent(
                                new Place(v.run(), v.dataset(), v.objective()), _ -> new ArrayList<>())
                        .add(v));
        var frames = new ArrayList<Frame>();
        places.forEach((place, verdicts) -> report.runs().stream()
                .filter(run -> run.label().equals(place.run()))
                .findFirst()
                .ifPresent(run -> frames.add(frame(report, run, verdicts))));
        return new RobustCurves(frames);
    }

    private static Frame frame(Report report, Report.Run run, List<TicketVerdict> all) {
        // One quantity a frame: strategies that were not evaluated are named and not drawn beside those that were.
        boolean evaluated = all.stream().anyMatch(v -> v.basis().isPresent());
        TicketVerdict first = all.stream()
                .filter(v -> v.basis().isPresent() == evaluated)
                .findFirst()
                .orElseThrow();
        List<TicketVerdict> drawn = all.stream()
                .filter(v -> v.under().equals(first.under()) && v.basis().isPresent() == evaluated)
                .toList();
        var notes = new ArrayList<String>();
        first.basis()
                .ifPresentOrElse(
                        basis -> notes.add("Lowest known accuracy under " + basis.name() + ", " + basis.images() + "."),
                        () -> notes.add("Not evaluated: accuracy under " + first.attack()
                                + ", the attack of training, is not what these networks withstand."));
        var chains = new ArrayList<Chain>();
        for (TicketVerdict verdict : drawn) {
            List<Spot> spots = verdict.basis()
                    .map(basis -> spots(run, verdict, basis, notes))
                    .orElseGet(() -> spots(run, verdict));
            chains.add(new Chain(verdict.strategy(), spots));
        }
        List<String> missing = all.stream()
                .filter(v -> !drawn.contains(v))
                .map(TicketVerdict::strategy)
                .toList();
        if (!missing.isEmpty()) {
            notes.add("Not evaluated in this way: " + String.join(", ", missing) + ".");
        }
        return new Frame(
                (report.runs().size() > 1 ? run.label() + ": " : "") + first.dataset() + ", " + first.objective()
                        + " training",
                first.under(),
                evaluated,
                notes,
                chains,
                drawn.stream()
                        .flatMap(v -> v.dense().stream())
                        .map(estimate -> 100 * estimate.accuracy().mean())
                        .findFirst());
    }

    private static boolean names(TicketVerdict verdict, int level) {
        return verdict.ticket().map(Comparison::level).filter(l -> l == level).isPresent();
    }

    private static List<Spot> spots(Report.Run run, TicketVerdict verdict, Basis basis, List<String> notes) {
        var levels = new TreeMap<Integer, List<Evaluated>>();
        run.robustness().evaluations().stream()
                .filter(e -> e.trial().dataset().equals(verdict.dataset())
                        && e.trial().objective().equals(verdict.objective())
                        && e.trial().strategy().equals(verdict.strategy())
                        && e.epsilon() == basis.epsilon()
                        && EvaluationFamily.of(e).equals(basis.family())
                        && cell(run, verdict)
                                .filter(cell -> cell.shows(verdict.strategy(), e.level()))
                                .isPresent())
                .forEach(e -> levels.computeIfAbsent(e.level(), _ -> new ArrayList<>())
                        .add(e));
        Optional<CertificateGroup> group = CertificateGroup.all(run.robustness()).stream()
                .filter(g -> g.key().dataset().equals(verdict.dataset())
                        && g.key().strategy().equals(verdict.strategy())
                        && g.key().weights().equals(basis.family().weights())
                        && g.key().split().equals(basis.family().split())
                        && g.key().norm() == basis.family().norm()
                        && g.key().epsilon() == basis.epsilon())
                .findFirst();
        group.filter(g -> g.images() < basis.family().images())
                .ifPresent(g -> add(
                        notes,
                        "Certified accuracy is of the first " + Numbers.count(g.images()) + " "
                                + Names.noun(g.images(), "image") + ", accuracy under the suite of the first "
                                + Numbers.count(basis.family().images()) + "."));
        boolean certified = levels.values().stream()
                .flatMap(List::stream)
                .anyMatch(e -> e.evaluation()
                        .certified()
                        .filter(share -> share.correct() > 0)
                        .isPresent());
        var spots = new ArrayList<Spot>();
        var refused = new ArrayList<String>();
        levels.forEach((level, trials) -> {
            double density = trials.getFirst().evaluation().density();
            Verdict mark = RuleNotes.worst(trials);
            Sample bound = group.map(
                            g -> percent(g.bounds(verdict.objective(), level).low()))
                    .filter(sample -> sample.count() > 0)
                    .orElseGet(() -> certified
                            ? Sample.of(trials.stream()
                                    .flatMap(e -> e.evaluation().certified().stream())
                                    .map(share -> 100 * share.accuracy())
                                    .toList())
                            : NONE);
            if (mark == Verdict.REFUSED) {
                refused.add(Numbers.density(density));
            }
            spots.add(new Spot(
                    level,
                    100 * density,
                    mark == Verdict.REFUSED
                            ? NONE
                            : Sample.of(trials.stream()
                                    .map(e -> 100 * e.evaluation().lowestKnown().accuracy())
                                    .toList()),
                    bound,
                    mark,
                    names(verdict, level)));
        });
        if (!refused.isEmpty()) {
            add(
                    notes,
                    "Refused by the rules and left out: " + verdict.strategy() + " at " + String.join(", ", refused)
                            + ".");
        }
        return spots;
    }

    private static void add(List<String> notes, String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    private static Sample percent(Sample share) {
        return share.count() == 0
                ? NONE
                : new Sample(
                        share.count(),
                        100 * share.mean(),
                        share.deviation().isPresent()
                                ? OptionalDouble.of(100 * share.deviation().getAsDouble())
                                : OptionalDouble.empty());
    }

    private static Optional<Cell> cell(Report.Run run, TicketVerdict verdict) {
        return run.results().cells().stream()
                .filter(cell -> cell.dataset().equals(verdict.dataset())
                        && cell.objective().equals(verdict.objective()))
                .findFirst();
    }

    /** Accuracy under the attack of training, where networks are compared under it. */
    private static List<Spot> spots(Report.Run run, TicketVerdict verdict) {
        var spots = new ArrayList<Spot>();
        cell(run, verdict).ifPresent(cell -> {
            Selection selection =
                    cell.selection().<Selection>map(Selection.Stopped::new).orElseGet(Selection.Last::new);
            var levels = new TreeMap<Integer, List<Series>>();
            cell.series().stream()
                    .filter(s -> s.strategy().equals(verdict.strategy()) && cell.shows(s.strategy(), s.level()))
                    .forEach(s -> levels.computeIfAbsent(s.level(), _ -> new ArrayList<>())
                            .add(s));
            levels.forEach((level, trials) -> {
                List<Double> accuracies = trials.stream()
                        .flatMap(s -> selection.of(s).stream()
                                .boxed()
                                .flatMap(at -> s.at(at, Point.TEST, verdict.attack()).stream()))
                        .map(point -> 100 * point.accuracy())
                        .toList();
                if (!accuracies.isEmpty()) {
                    spots.add(new Spot(
                            level,
                            100
                                    * (level < cell.densities().size()
                                            ? cell.densities().get(level)
                                            : trials.getFirst().density()),
                            Sample.of(accuracies),
                            NONE,
                            Verdict.NOT_CHECKED,
                            false));
                }
            });
        });
        return spots;
    }
}
