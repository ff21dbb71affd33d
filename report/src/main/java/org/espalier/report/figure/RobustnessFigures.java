package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;
import org.espalier.report.evaluation.AttackLosses;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.evaluation.RuleNotes;
import org.espalier.report.evaluation.SuiteAccuracy;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.StrategyOrder;
import org.espalier.report.statistics.Sample;

/**
 * Figures of robustness evaluations: what is left by density and by epsilon, trained for what against attacked with what,
 * security curves of minimum-norm attacks, and the attacks' losses as they work. A panel for each training objective.
 */
public final class RobustnessFigures {
    /** Levels of one panel against epsilon. */
    private static final int MOST_LEVELS = 4;

    /** Levels of which a matrix is shown. */
    private static final int MOST_MATRICES = 3;

    private final String prefix;
    private final Map<EvaluationFamily, TreeMap<Double, RadiusGroup>> families = new LinkedHashMap<>();
    private final Set<String> ids = new HashSet<>();

    /** Evaluations of one family at one radius: (objective, level) a trial each. */
    private static final class RadiusGroup {
        private final Map<String, TreeMap<Integer, List<Evaluated>>> byObjective = new LinkedHashMap<>();

        TreeSet<Integer> levels() {
            var levels = new TreeSet<Integer>();
            byObjective.values().forEach(all -> levels.addAll(all.keySet()));
            return levels;
        }

        List<Evaluated> at(String objective, int level) {
            return byObjective.getOrDefault(objective, new TreeMap<>()).getOrDefault(level, List.of());
        }

        List<Evaluated> all() {
            return byObjective.values().stream()
                    .flatMap(levels -> levels.values().stream())
                    .flatMap(List::stream)
                    .toList();
        }

        List<StoredEvaluation> evaluations() {
            return all().stream().map(Evaluated::evaluation).toList();
        }

        /** Density of a level in percent: trials differ by a weight at most. */
        double percent(int level) {
            return 100
                    * byObjective.values().stream()
                            .flatMap(levels -> levels.getOrDefault(level, List.of()).stream())
                            .mapToDouble(e -> e.evaluation().density())
                            .findFirst()
                            .orElse(Double.NaN);
        }
    }

    private RobustnessFigures(String prefix, Report.Run run) {
        this.prefix = prefix;
        // What most networks were given says most.
        Map<EvaluationFamily, Long> counts = run.robustness().evaluationsShown().stream()
                .collect(Collectors.groupingBy(EvaluationFamily::of, Collectors.counting()));
        List<Evaluated> shown = run.robustness().evaluationsShown().stream()
                .sorted(Comparator.comparing((Evaluated e) -> e.trial().strategy(), StrategyOrder.natural())
                        .thenComparing(e -> -counts.getOrDefault(EvaluationFamily.of(e), 0L)))
                .toList();
        for (Evaluated each : shown) {
            families.computeIfAbsent(EvaluationFamily.of(each), _ -> new TreeMap<>())
                    .computeIfAbsent(each.epsilon(), _ -> new RadiusGroup())
                    .byObjective
                    .computeIfAbsent(each.trial().objective(), _ -> new TreeMap<>())
                    .computeIfAbsent(each.level(), _ -> new ArrayList<>())
                    .add(each);
        }
    }

    /**
     * All of them; none if nothing was evaluated.
     *
     * @param prefix begins each figure's id
     */
    public static List<FigureGroup> of(String prefix, Report.Run run) {
        RobustnessFigures figures = new RobustnessFigures(prefix, run);
        if (figures.families.isEmpty()) {
            return List.of();
        }
        var groups = new ArrayList<FigureGroup>();
        groups.add(new FigureGroup("What attacks leave, by density", figures.eachRadius(figures::byDensity)));
        groups.add(new FigureGroup("Accuracy against epsilon", figures.eachFamily(figures::byEpsilon)));
        groups.add(new FigureGroup(
                "Trained for what, attacked with what: the robust-accuracy matrix",
                figures.eachRadius(figures::matrix)));
        groups.add(new FigureGroup("The attacks' loss as they work", figures.losses()));
        List<FigureGroup.Variant> security = figures.eachRadius(figures::security);
        if (!security.isEmpty()) {
            groups.add(new FigureGroup("Security curves of minimum-norm attacks", security));
        }
        return groups;
    }

    private interface OfRadius {
        Optional<Figure> of(EvaluationFamily family, double epsilon, RadiusGroup group);
    }

    /** A variant for each family and radius, the radius nearest to the largest first. */
    private List<FigureGroup.Variant> eachRadius(OfRadius figure) {
        var variants = new ArrayList<FigureGroup.Variant>();
        families.forEach((family, radii) -> radii.descendingMap()
                .forEach((epsilon, group) -> figure.of(family, epsilon, group)
                        .ifPresent(f -> variants.add(new FigureGroup.Variant(
                                family.name(families.keySet()) + ", epsilon " + Numbers.radius(epsilon), f)))));
        return variants;
    }

    private List<FigureGroup.Variant> eachFamily(Function<EvaluationFamily, Figure> figure) {
        return families.keySet().stream()
                .map(family -> new FigureGroup.Variant(family.name(families.keySet()), figure.apply(family)))
                .toList();
    }

    private String id(String kind, EvaluationFamily family, String more) {
        String id = FigureGroup.identifier(prefix + "-" + kind + "-" + family.dataset() + "-" + family.strategy() + "-"
                + family.suite() + "-" + family.norm() + more);
        String unique = id;
        for (int number = 2; !ids.add(unique); number++) {
            unique = id + "-" + number;
        }
        return unique;
    }

    /** What was measured on what, for captions. */
    private static String setting(EvaluationFamily family) {
        return family.dataset() + ", " + family.strategy() + ", suite " + family.suite() + ", " + family.norm()
                + ", first "
                + Numbers.count(family.images()) + " " + family.split() + " " + Names.noun(family.images(), "image")
                + (family.weights().equals("final") ? "" : ", " + family.weights() + " weights") + ".";
    }

    /** What the rules say of what is shown, for captions. */
    private static String marks(List<Evaluated> shown) {
        long unreliable = count(shown, org.espalier.evaluate.rules.Verdict.UNRELIABLE);
        long refused = count(shown, org.espalier.evaluate.rules.Verdict.REFUSED);
        if (unreliable == 0 && refused == 0) {
            return " No rule objects to these figures.";
        }
        return " Of " + shown.size() + " evaluations the rules mark "
                + (unreliable > 0 ? unreliable + " unreliable (the truth may be lower)" : "")
                + (unreliable > 0 && refused > 0 ? " and " : "")
                + (refused > 0 ? refused + " refused (their levels are left out here)" : "") + ": "
                + String.join(", ", RuleNotes.broken(shown)) + "; see the table.";
    }

    private static long count(List<Evaluated> shown, org.espalier.evaluate.rules.Verdict verdict) {
        return shown.stream().filter(e -> e.evaluation().verdict() == verdict).count();
    }

    /** The trials of a level; none if one is refused, since the others alone are a selection. {@link #marks} says so. */
    private static List<Evaluated> quotable(List<Evaluated> trials) {
        return RuleNotes.worst(trials) == org.espalier.evaluate.rules.Verdict.REFUSED ? List.of() : trials;
    }

    private static List<Double> percents(List<Evaluated> trials, Function<StoredEvaluation, Optional<Double>> of) {
        return quotable(trials).stream()
                .flatMap(e -> of.apply(e.evaluation()).stream())
                .map(share -> 100 * share)
                .toList();
    }

    private static Axis accuracy(EvaluationFamily family) {
        return Axis.of(family.split() + " accuracy (%)", Axis.Scale.PERCENT).within(0, 100);
    }

    private Optional<Figure> byDensity(EvaluationFamily family, double epsilon, RadiusGroup group) {
        List<SuiteAccuracy> quantities = SuiteAccuracy.of(group.evaluations());
        var panels = new ArrayList<Panel>();
        group.byObjective.forEach((objective, levels) -> {
            var lines = new ArrayList<Line>();
            for (SuiteAccuracy quantity : quantities) {
                var numbers = new TreeMap<Double, List<Double>>(Comparator.reverseOrder());
                levels.forEach((level, trials) -> numbers.put(group.percent(level), percents(trials, quantity.of())));
                lines.add(Line.of(Curve.ofMeans(numbers), quantity.name()));
            }
            panels.add(new Panel.Lines(objective + " training", Axis.densities(), accuracy(family), lines, true));
        });
        return Optional.of(new Figure(
                id("left", family, "-" + Numbers.plain(epsilon)),
                "What attacks leave by density: " + family.dataset() + ", " + family.strategy() + ", suite "
                        + family.suite() + ", " + family.norm() + " " + Numbers.radius(epsilon),
                setting(family) + " Epsilon " + Numbers.radius(epsilon)
                        + " in pixel values from 0 to 1. Worst case: right without"
                        + " attack and under every attack of the suite, image by image; \"after\": left by the suite up to"
                        + " that attack. Lowest known: nothing known breaks the image, neither the suite nor the rules'"
                        + " attacks, doubled runs, counterexamples or other evaluations. Mean over trials; bars are one standard deviation to either side."
                        + marks(group.all()),
                List.of(FigureStyle.quantities("accuracy", quantities)),
                panels));
    }

    private static final String KNOWN = SuiteAccuracy.LOWEST_KNOWN;
    private static final String CERTIFIED = SuiteAccuracy.CERTIFIED;
    private static final String CURVE = "APGD-CE alone";

    private Figure byEpsilon(EvaluationFamily family) {
        TreeMap<Double, RadiusGroup> radii = families.getOrDefault(family, new TreeMap<>());
        var levels = new TreeSet<Integer>();
        radii.values().forEach(group -> levels.addAll(group.levels()));
        List<Integer> shown = ShownLevels.of(levels, MOST_LEVELS);
        Map<Integer, String> names = names(shown, radii.lastEntry().getValue(), radii.values());
        Set<String> objectives = new java.util.LinkedHashSet<>();
        radii.values().forEach(group -> objectives.addAll(group.byObjective.keySet()));
        boolean certified = SuiteAccuracy.certified(radii.values().stream()
                .flatMap(group -> group.evaluations().stream())
                .toList());
        var panels = new ArrayList<Panel>();
        for (String objective : objectives) {
            var lines = new ArrayList<Line>();
            for (int level : shown) {
                lines.add(Line.of(
                        Curve.ofMeans(at(radii, objective, level, e -> Optional.of(e.lowestKnown()))),
                        names.getOrDefault(level, ""),
                        KNOWN));
                if (certified) {
                    lines.add(Line.of(
                            Curve.ofMeans(at(radii, objective, level, StoredEvaluation::certified)),
                            names.getOrDefault(level, ""),
                            CERTIFIED));
                }
                lines.add(Line.of(Curve.ofMeans(curve(radii, objective, level)), names.getOrDefault(level, ""), CURVE));
            }
            panels.add(new Panel.Lines(
                    objective + " training",
                    Axis.of("epsilon (" + family.norm() + ", pixel values 0 to 1)", Axis.Scale.LINEAR),
                    accuracy(family),
                    lines,
                    true));
        }
        return new Figure(
                id("epsilon", family, ""),
                "Accuracy against epsilon: " + family.dataset() + ", " + family.strategy() + ", suite "
                        + family.suite(),
                setting(family)
                        + " The lowest known accuracy at the epsilons that the suite was run at"
                        + (certified ? ", the certified accuracy there" : "") + ", and"
                        + " accuracy under APGD on cross-entropy of 50 steps alone, which every evaluation measures from a"
                        + " quarter to twice its epsilon. Mean over trials; bars are one standard deviation to either side."
                        + marks(radii.values().stream()
                                .flatMap(group -> group.all().stream())
                                .toList()),
                List.of(
                        FigureStyle.levels(List.copyOf(names.values())),
                        FigureStyle.dashes(
                                "accuracy", certified ? List.of(KNOWN, CURVE, CERTIFIED) : List.of(KNOWN, CURVE))),
                panels);
    }

    private static Map<Integer, String> names(List<Integer> levels, RadiusGroup first, Iterable<RadiusGroup> others) {
        var names = new LinkedHashMap<Integer, String>();
        for (int level : levels) {
            double percent = first.percent(level);
            for (RadiusGroup group : others) {
                percent = Double.isNaN(percent) ? group.percent(level) : percent;
            }
            names.put(level, Numbers.density(percent / 100));
        }
        return names;
    }

    /** Without a point at 0: a line from there to the first radius would lie above what weaker attacks leave between. */
    private static SortedMap<Double, List<Double>> at(
            TreeMap<Double, RadiusGroup> radii,
            String objective,
            int level,
            Function<StoredEvaluation, Optional<Proportion>> of) {
        var numbers = new TreeMap<Double, List<Double>>();
        radii.forEach((epsilon, group) -> {
            List<Evaluated> trials = group.at(objective, level).stream()
                    .filter(each -> of.apply(each.evaluation()).isPresent())
                    .toList();
            if (!trials.isEmpty()) {
                numbers.put(epsilon, percents(trials, e -> of.apply(e).map(Proportion::accuracy)));
            }
        });
        return numbers;
    }

    /** Of a trial's evaluations that measured the same radius the lowest counts: each is an upper bound. */
    private static SortedMap<Double, List<Double>> curve(
            TreeMap<Double, RadiusGroup> radii, String objective, int level) {
        Map<Integer, TreeMap<Double, Double>> byTrial = new TreeMap<>();
        radii.values()
                .forEach(group -> quotable(group.at(objective, level)).forEach(e -> {
                    TreeMap<Double, Double> points =
                            byTrial.computeIfAbsent(e.trial().trial(), _ -> new TreeMap<>());
                    e.evaluation()
                            .curve()
                            .forEach(point -> points.merge(tidy(point.epsilon()), 100 * point.accuracy(), Math::min));
                }));
        int most = byTrial.values().stream().mapToInt(TreeMap::size).max().orElse(0);
        var numbers = new TreeMap<Double, List<Double>>();
        byTrial.values().stream()
                // A mean over fewer trials would jump where a trial lacks a radius.
                .filter(points -> points.size() == most)
                .forEach(points -> points.forEach((epsilon, accuracy) ->
                        numbers.computeIfAbsent(epsilon, _ -> new ArrayList<>()).add(accuracy)));
        return numbers;
    }

    /** Without the digits that a float picks up. */
    private static double tidy(double epsilon) {
        return Math.rint(epsilon * 1e6) / 1e6;
    }

    private Optional<Figure> matrix(EvaluationFamily family, double epsilon, RadiusGroup group) {
        List<SuiteAccuracy> quantities = SuiteAccuracy.of(group.evaluations());
        List<String> objectives = List.copyOf(group.byObjective.keySet());
        var panels = new ArrayList<Panel>();
        for (int level : ShownLevels.of(group.levels(), MOST_MATRICES)) {
            double[] values = new double[objectives.size() * quantities.size()];
            for (int r = 0; r < objectives.size(); r++) {
                for (int c = 0; c < quantities.size(); c++) {
                    values[r * quantities.size() + c] = Sample.of(percents(
                                    group.at(objectives.get(r), level),
                                    quantities.get(c).of()))
                            .mean();
                }
            }
            panels.add(new Panel.Matrix(
                    Numbers.density(group.percent(level) / 100) + " of the weights",
                    "trained for",
                    objectives,
                    quantities.stream().map(SuiteAccuracy::name).toList(),
                    values,
                    family.split() + " accuracy (%)",
                    100));
        }
        return Optional.of(new Figure(
                id("matrix", family, "-" + Numbers.plain(epsilon)),
                "Robust-accuracy matrix: " + family.dataset() + ", " + family.strategy() + ", suite " + family.suite()
                        + ", " + family.norm() + " " + Numbers.radius(epsilon),
                setting(family) + " Epsilon " + Numbers.radius(epsilon)
                        + ". A row for what the networks were trained for, a column for what they are attacked with; test"
                        + " accuracy in percent, mean over trials, for some densities." + marks(group.all()),
                List.of(),
                panels));
    }

    private Optional<Figure> security(EvaluationFamily family, double epsilon, RadiusGroup group) {
        var attacks = new TreeSet<String>();
        group.evaluations()
                .forEach(e -> e.attacks().stream()
                        .filter(attack -> !attack.securityCurve().isEmpty())
                        .filter(attack -> attack.purpose().equals("suite"))
                        .forEach(attack -> attacks.add(attack.name())));
        if (attacks.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> shown = ShownLevels.of(group.levels(), MOST_LEVELS);
        Map<Integer, String> names = names(shown, group, List.of());
        var panels = new ArrayList<Panel>();
        group.byObjective.keySet().forEach(objective -> {
            var lines = new ArrayList<Line>();
            for (int level : shown) {
                for (String attack : attacks) {
                    var numbers = new TreeMap<Double, List<Double>>();
                    quotable(group.at(objective, level))
                            .forEach(e -> attack(e.evaluation(), attack)
                                    .ifPresent(found -> found.securityCurve()
                                            .forEach(point -> numbers.computeIfAbsent(
                                                            tidy(point.epsilon()), _ -> new ArrayList<>())
                                                    .add(100 * point.accuracy()))));
                    lines.add(Line.of(Curve.ofMeans(numbers), names.getOrDefault(level, ""), attack));
                }
            }
            panels.add(new Panel.Lines(
                    objective + " training",
                    Axis.of("nearest example (" + family.norm() + ", pixel values)", Axis.Scale.LINEAR),
                    accuracy(family),
                    lines,
                    false));
        });
        return Optional.of(new Figure(
                id("security", family, "-" + Numbers.plain(epsilon)),
                "Security curves: " + family.dataset() + ", " + family.strategy() + ", suite " + family.suite(),
                setting(family)
                        + " Share of images that are right and for which the attack found no adversarial example"
                        + " within that distance. Mean over trials; bands are one standard deviation to either side."
                        + marks(group.all()),
                List.of(
                        FigureStyle.levels(List.copyOf(names.values())),
                        FigureStyle.dashes("attack", List.copyOf(attacks))),
                drawn(panels)));
    }

    private static Optional<StoredEvaluation.AttackResult> attack(StoredEvaluation evaluation, String name) {
        return evaluation.attacks().stream()
                .filter(attack -> attack.name().equals(name))
                .findFirst();
    }

    /** At each family's largest radius: for the suite's attacks, and those run for the rules in the same ball. */
    private List<FigureGroup.Variant> losses() {
        var variants = new ArrayList<FigureGroup.Variant>();
        families.forEach((family, radii) -> {
            double epsilon = radii.lastKey();
            RadiusGroup group = radii.lastEntry().getValue();
            Map<String, StoredEvaluation.AttackResult> attacks = new LinkedHashMap<>();
            group.evaluations()
                    .forEach(e -> e.attacks().stream()
                            .filter(AttackLosses::shown)
                            .forEach(a -> attacks.putIfAbsent(a.name(), a)));
            attacks.forEach((name, attack) -> variants.add(new FigureGroup.Variant(
                    family.name(families.keySet()) + ": " + shown(name), loss(family, epsilon, group, attack))));
        });
        return variants;
    }

    private static String shown(String attack) {
        return attack.equals("rule-pgd") ? "PGD-40" : attack;
    }

    private Figure loss(EvaluationFamily family, double epsilon, RadiusGroup group, StoredEvaluation.AttackResult of) {
        List<Integer> shown = ShownLevels.of(group.levels(), MOST_LEVELS);
        Map<Integer, String> names = names(shown, group, List.of());
        var panels = new ArrayList<Panel>();
        Axis y = Axis.of(lossLabel(of.loss()), Axis.Scale.LINEAR);
        group.byObjective.keySet().forEach(objective -> {
            var lines = new ArrayList<Line>();
            for (int level : shown) {
                var numbers = new TreeMap<Integer, List<Double>>();
                for (Evaluated trial : group.at(objective, level)) {
                    attack(trial.evaluation(), of.name())
                            .filter(AttackLosses::shown)
                            .ifPresent(attack -> AttackLosses.thinned(attack)
                                    .forEach((i, loss) -> numbers.computeIfAbsent(i, _ -> new ArrayList<>())
                                            .add(loss)));
                }
                lines.add(Line.of(Curve.ofMeans(numbers), names.getOrDefault(level, "")));
            }
            panels.add(new Panel.Lines(
                    objective + " training", Axis.of("iteration of the attack", Axis.Scale.LINEAR), y, lines, false));
        });
        return new Figure(
                id("loss", family, "-" + of.name()),
                "Loss of " + shown(of.name()) + " against iterations: " + family.dataset() + ", " + family.strategy()
                        + ", suite " + family.suite() + ", " + family.norm() + " " + Numbers.radius(epsilon),
                setting(family) + " Epsilon " + Numbers.radius(epsilon) + ", attack " + shown(of.name())
                        + ". The highest loss so far, mean over the images that the attack was given"
                        + (of.alone().isPresent() ? "" : " (those that earlier attacks left)")
                        + ", restarts one after the other; a curve that still climbs at its end had not converged. Mean over"
                        + " trials; bands are one standard deviation to either side.",
                List.of(FigureStyle.levels(List.copyOf(names.values()))),
                drawn(panels));
    }

    /** Objectives whose networks the attack never got to see, since earlier attacks left nothing, have no panel. */
    private static List<Panel> drawn(List<Panel> panels) {
        return panels.stream().filter(panel -> !panel.isEmpty()).toList();
    }

    /** Short: the panels of a narrow page are not high. */
    private static String lossLabel(Optional<String> loss) {
        String name = loss.orElse("");
        return "highest loss" + (name.isEmpty() ? "" : " (" + (name.equals("ce") ? "nats" : name) + ")");
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Section section() {
            return Section.ROBUSTNESS;
        }

        @Override
        public List<FigureGroup> ofRun(String prefix, String label, Report.Run run) {
            return RobustnessFigures.of(prefix, run);
        }
    }
}
