package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.espalier.attack.Norm;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.lab.experiment.Names;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;
import org.espalier.report.evaluation.CertificateGroup;
import org.espalier.report.evaluation.Certified;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.notation.Numbers;

/**
 * Figures of certificates: what is certified and what attacks leave, by density and against epsilon, and what verifying
 * costs. A panel for each training objective.
 */
public final class CertificateFigures {
    /** Levels of one panel against epsilon. */
    private static final int MOST_LEVELS = 4;

    private static final String CERTIFIED = "certified";
    private static final String ATTACKED = "right under PGD";

    private final String prefix;
    private final List<CertificateGroup> groups;
    private final Set<String> ids = new HashSet<>();

    private CertificateFigures(String prefix, Report.Run run) {
        this.prefix = prefix;
        groups = CertificateGroup.shown(run.robustness());
    }

    /**
     * All of them; none if nothing is certified.
     *
     * @param prefix begins each figure's id
     */
    public static List<FigureGroup> of(String prefix, Report.Run run) {
        CertificateFigures figures = new CertificateFigures(prefix, run);
        if (figures.groups.isEmpty()) {
            return List.of();
        }
        return List.of(
                new FigureGroup("Between certificates and attacks, by density", figures.eachRadius(figures::sandwich)),
                new FigureGroup("Certified accuracy against epsilon", figures.byEpsilon()),
                new FigureGroup("Time to verify, by density", figures.eachRadius(figures::time)));
    }

    private List<FigureGroup.Variant> eachRadius(BiFunction<CertificateGroup, String, Figure> figure) {
        var variants = new ArrayList<FigureGroup.Variant>();
        // Those with most methods first: they say most.
        List<CertificateGroup> ordered = groups.stream()
                .sorted(Comparator.comparingInt(
                                (CertificateGroup g) -> -g.kinds().size())
                        .thenComparingDouble(g -> -g.key().epsilon()))
                .toList();
        for (CertificateGroup group : ordered) {
            String name = name(group.key()) + ball(group.key());
            variants.add(new FigureGroup.Variant(name, figure.apply(group, name)));
        }
        return variants;
    }

    /** What tells a group from those of other data, strategies and weights, with a comma behind it. */
    private String name(CertificateGroup.Key key) {
        var parts = new ArrayList<String>();
        add(parts, CertificateGroup.Key::dataset, key);
        add(parts, CertificateGroup.Key::strategy, key);
        add(parts, k -> k.weights() + " weights", key);
        add(parts, k -> k.split() + " images", key);
        return parts.isEmpty() ? "" : String.join(", ", parts) + ", ";
    }

    private void add(
            List<String> parts,
            java.util.function.Function<CertificateGroup.Key, String> part,
            CertificateGroup.Key key) {
        if (groups.stream().map(g -> part.apply(g.key())).distinct().count() > 1) {
            parts.add(part.apply(key));
        }
    }

    private String id(String kind, CertificateGroup.Key key, String more) {
        String id =
                FigureGroup.identifier(prefix + "-" + kind + "-" + key.dataset() + "-" + key.strategy() + "-" + more);
        String unique = id;
        for (int number = 2; !ids.add(unique); number++) {
            unique = id + "-" + number;
        }
        return unique;
    }

    private long norms() {
        return groups.stream().map(g -> g.key().norm()).distinct().count();
    }

    /** The radius, with its norm where there are several. */
    private String ball(CertificateGroup.Key key) {
        return norms() > 1 ? key.ball() : "epsilon " + Numbers.radius(key.epsilon());
    }

    /** The radius for ids, with its norm unless it is the usual one. */
    private static String radius(CertificateGroup.Key key) {
        return (key.norm() == Norm.LINF ? "" : key.norm() + "-") + Numbers.plain(key.epsilon());
    }

    private static String setting(CertificateGroup.Key key, int images) {
        return key.dataset() + ", " + key.strategy() + ", first " + Numbers.count(images) + " "
                + key.split() + " " + Names.noun(images, "image")
                + (key.weights().equals("final") ? "" : ", " + key.weights() + " weights") + ".";
    }

    private static Axis accuracy(CertificateGroup.Key key) {
        return Axis.of(key.split() + " accuracy (%)", Axis.Scale.PERCENT).within(0, 100);
    }

    /** A line of the sandwich. */
    private record Bound(String name, BiFunction<String, Integer, List<Double>> percents) {}

    private Figure sandwich(CertificateGroup group, String name) {
        var bounds = new ArrayList<Bound>();
        int images = group.images();
        CertificateGroup.Kind any = group.kinds().getFirst();
        bounds.add(bound("natural", any, c -> Certified.share(c.clean(), images)));
        bounds.add(bound(ATTACKED, any, c -> Certified.share(c.attacked(), images)));
        group.suite()
                .ifPresent(suite -> bounds.add(new Bound(
                        "suite " + suite.name(),
                        (objective, level) -> suite.quotable(objective, level).stream()
                                .map(e -> 100 * left(e, images))
                                .toList())));
        group.exact()
                .ifPresent(exact ->
                        bounds.add(bound("unbroken (exact)", exact, c -> Certified.share(c.unbroken(), images))));
        for (CertificateGroup.Kind kind : group.kinds().reversed()) {
            bounds.add(bound(CERTIFIED + ", " + kind.method(), kind, c -> Certified.share(c.certified(), images)));
        }
        var panels = new ArrayList<Panel>();
        int violated = 0;
        for (String objective : group.objectives()) {
            var lines = new ArrayList<Line>();
            for (Bound bound : bounds) {
                var numbers = new TreeMap<Double, List<Double>>(Comparator.reverseOrder());
                group.levels(objective)
                        .forEach((level, density) ->
                                put(numbers, density, bound.percents().apply(objective, level)));
                lines.add(Line.of(Curve.ofMeans(numbers), bound.name()));
            }
            panels.add(new Panel.Lines(objective + " training", Axis.densities(), accuracy(group.key()), lines, true));
            for (int level : group.levels(objective).keySet()) {
                violated += group.violated(objective, level);
            }
        }
        return new Figure(
                id("bounds", group.key(), radius(group.key())),
                "Between certificates and attacks by density: " + name,
                setting(group.key(), images) + " " + group.key().ball()
                        + ", in pixel values from 0 to 1, all on the same images: the truth lies between the highest certified"
                        + " line and the lowest of the others. "
                        + (violated == 0
                                ? "No image is both certified and broken."
                                : "VIOLATED: " + violated
                                        + " images are both certified and broken, so that something here is"
                                        + " wrong.")
                        + (group.suite().filter(CertificateGroup.Suite::refused).isPresent()
                                ? " Levels whose figures under the suite are refused have no point of it."
                                : "")
                        + " Mean over trials; bars are one standard deviation to either side.",
                List.of(FigureStyle.of(
                        "accuracy", bounds.stream().map(Bound::name).toList())),
                panels);
    }

    private static double left(Evaluated evaluated, int images) {
        return Certified.share(evaluated.evaluation().withstands(), images);
    }

    private static Bound bound(String name, CertificateGroup.Kind kind, ToDoubleFunction<Certified> share) {
        return new Bound(
                name,
                (objective, level) -> kind.at(objective, level).stream()
                        .map(c -> 100 * share.applyAsDouble(c))
                        .toList());
    }

    /** Levels whose density cannot be read are left out: they have no place. */
    private static void put(TreeMap<Double, List<Double>> numbers, double density, List<Double> values) {
        if (Double.isFinite(density)) {
            numbers.put(100 * density, values);
        }
    }

    /** A method with the settings that all its certificates share but the radius. */
    private record Way(
            String dataset, String strategy, String weights, String split, Norm norm, String method, int images) {}

    private List<FigureGroup.Variant> byEpsilon() {
        // Each method at all its radii, on all of its images.
        Map<Way, TreeMap<Double, CertificateGroup.Kind>> ways = new LinkedHashMap<>();
        for (CertificateGroup group : groups) {
            for (CertificateGroup.Kind kind : group.kinds()) {
                CertificateGroup.Key key = group.key();
                ways.computeIfAbsent(
                                new Way(
                                        key.dataset(),
                                        key.strategy(),
                                        key.weights(),
                                        key.split(),
                                        key.norm(),
                                        kind.method(),
                                        kind.images()),
                                _ -> new TreeMap<>())
                        .put(key.epsilon(), kind);
            }
        }
        var variants = new ArrayList<FigureGroup.Variant>();
        ways.forEach((way, radii) -> {
            CertificateGroup.Key key =
                    new CertificateGroup.Key(way.dataset(), way.strategy(), way.weights(), way.split(), way.norm(), 0);
            variants.add(new FigureGroup.Variant(
                    name(key)
                            + way.method()
                            + (norms() > 1 ? ", " + way.norm() : "")
                            + String.format(Locale.ROOT, ", %,d ", way.images())
                            + Names.noun(way.images(), "image"),
                    byEpsilon(way, key, radii)));
        });
        // Methods at most radii first: those are curves.
        variants.sort(Comparator.comparingInt(v -> -points(v.figure())));
        return variants;
    }

    private static int points(Figure figure) {
        return figure.panels().stream()
                .flatMap(panel ->
                        panel instanceof Panel.Lines lines ? lines.lines().stream() : java.util.stream.Stream.of())
                .mapToInt(line -> line.curve().size())
                .max()
                .orElse(0);
    }

    private Figure byEpsilon(Way way, CertificateGroup.Key key, TreeMap<Double, CertificateGroup.Kind> radii) {
        var densities = new TreeMap<Integer, Double>();
        Set<String> objectives = new LinkedHashSet<>();
        radii.values()
                .forEach(kind -> kind.certificates().forEach(c -> {
                    densities.putIfAbsent(c.level(), c.density());
                    objectives.add(c.trial().objective());
                }));
        List<Integer> shown = ShownLevels.of(new TreeSet<>(densities.keySet()), MOST_LEVELS);
        var names = new LinkedHashMap<Integer, String>();
        shown.forEach(level -> names.put(level, Numbers.density(densities.getOrDefault(level, Double.NaN))));
        var panels = new ArrayList<Panel>();
        for (String objective : objectives) {
            var lines = new ArrayList<Line>();
            names.forEach((level, name) -> {
                lines.add(Line.of(byEpsilon(radii, objective, level, Certified::certified), name, CERTIFIED));
                lines.add(Line.of(byEpsilon(radii, objective, level, Certified::attacked), name, ATTACKED));
            });
            panels.add(new Panel.Lines(
                    objective + " training",
                    Axis.of("epsilon (" + way.norm() + ", pixel values 0 to 1)", Axis.Scale.LINEAR),
                    accuracy(key),
                    lines,
                    true));
        }
        return new Figure(
                id(
                        "epsilon",
                        key,
                        way.method() + "-" + way.images() + (way.norm() == Norm.LINF ? "" : "-" + way.norm())),
                "Certified accuracy against epsilon: " + way.dataset() + ", " + way.strategy() + ", " + way.method(),
                setting(key, way.images()) + " Method " + way.method()
                        + "; at 0 there is nothing to withstand. Mean over trials; bars are one standard deviation to either"
                        + " side.",
                List.of(
                        FigureStyle.levels(List.copyOf(names.values())),
                        FigureStyle.dashes("accuracy", List.of(CERTIFIED, ATTACKED))),
                panels);
    }

    private static Curve byEpsilon(
            TreeMap<Double, CertificateGroup.Kind> radii,
            String objective,
            int level,
            java.util.function.Function<Certified, Outcomes> which) {
        var numbers = new TreeMap<Double, List<Double>>();
        radii.forEach((epsilon, kind) -> {
            List<Certified> trials = kind.at(objective, level);
            if (!trials.isEmpty()) {
                numbers.putIfAbsent(
                        0.0,
                        trials.stream().map(c -> 100 * c.clean().accuracy()).toList());
                numbers.put(
                        epsilon,
                        trials.stream()
                                .map(c -> 100 * which.apply(c).accuracy())
                                .toList());
            }
        });
        return Curve.ofMeans(numbers);
    }

    private Figure time(CertificateGroup group, String name) {
        List<String> methods =
                group.kinds().stream().map(CertificateGroup.Kind::method).toList();
        var panels = new ArrayList<Panel>();
        for (String objective : group.objectives()) {
            var lines = new ArrayList<Line>();
            for (CertificateGroup.Kind kind : group.kinds()) {
                var numbers = new TreeMap<Double, List<Double>>(Comparator.reverseOrder());
                group.levels(objective)
                        .forEach((level, density) -> put(
                                numbers,
                                density,
                                kind.at(objective, level).stream()
                                        .map(c -> 1000 * c.seconds())
                                        .filter(ms -> ms > 0)
                                        .toList()));
                lines.add(Line.of(Curve.ofMeans(numbers), kind.method()));
            }
            panels.add(new Panel.Lines(
                    objective + " training",
                    Axis.densities(),
                    Axis.of("processor time (ms an image)", Axis.Scale.LOG),
                    lines,
                    true));
        }
        return new Figure(
                id("time", group.key(), radius(group.key())),
                "Time to verify by density: " + name,
                group.key().dataset() + ", " + group.key().strategy() + ", "
                        + group.key().ball()
                        + ". Processor time of one core per image that the method was asked about, whatever else the machine"
                        + " was doing; limits of exact verification cut it off. Mean over trials; bars are one standard"
                        + " deviation to either side.",
                List.of(FigureStyle.of("method", methods)),
                panels);
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Section section() {
            return Section.CERTIFIED;
        }

        @Override
        public List<FigureGroup> ofRun(String prefix, String label, Report.Run run) {
            return CertificateFigures.of(prefix, run);
        }
    }
}
