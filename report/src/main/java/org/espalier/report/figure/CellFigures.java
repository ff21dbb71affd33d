package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.chart.draw.AxisRanges;
import org.espalier.report.chart.draw.Labels;
import org.espalier.report.content.Report;
import org.espalier.report.figure.CellCurves.Quantity;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.statistics.Sample;

/**
 * The paper's figures of one cell, made of its measurements alone: accuracy and loss as training proceeds (figures 1, 2, 4,
 * 6 to 8, 10 and 12 of the paper), early stopping (3, 5, 9, 11), and the plane of natural and adversarial accuracy.
 */
public final class CellFigures {
    private static final int MOST_LEVELS = 6;
    private static final int MOST_COMPARED = 4;

    private final String prefix;
    private final CellCurves curves;
    private final Cell cell;
    private final String base;
    private final List<String> others;

    private CellFigures(String prefix, Cell cell) {
        this.prefix = prefix;
        this.cell = cell;
        curves = new CellCurves(cell);
        base = curves.base();
        others = curves.strategies().stream().filter(s -> !s.equals(base)).toList();
    }

    /**
     * All of them; those with nothing measured yet have no points.
     *
     * @param prefix begins each figure's id
     */
    public static List<FigureGroup> of(String prefix, Cell cell) {
        return new CellFigures(prefix, cell).all();
    }

    private List<FigureGroup> all() {
        var groups = new ArrayList<FigureGroup>();
        var accuracy = new ArrayList<FigureGroup.Variant>();
        var loss = new ArrayList<FigureGroup.Variant>();
        var plane = new ArrayList<FigureGroup.Variant>();
        var stopping = new ArrayList<FigureGroup.Variant>();
        for (String attack : attacks()) {
            String under = under(attack);
            accuracy.add(new FigureGroup.Variant(
                    under,
                    training(
                            "accuracy-" + name(attack),
                            adversarial(attack) + " test accuracy as training proceeds",
                            Axis.of(adversarial(attack) + " test accuracy (%)", Axis.Scale.PERCENT),
                            Point.TEST,
                            attack,
                            Quantity.ACCURACY)));
            loss.addAll(losses(attack));
            if (!attack.equals(Point.NATURAL)) {
                plane.add(new FigureGroup.Variant(under, plane(attack)));
                cell.selection()
                        .ifPresent(rule -> stopping.add(new FigureGroup.Variant(under, stopping(rule, attack))));
            }
        }
        groups.add(new FigureGroup("Accuracy as training proceeds", accuracy));
        groups.add(new FigureGroup(
                (cell.accuracy() == AttackedAccuracy.WORST_CASE ? "Validation error and loss" : "Validation loss")
                        + " as training proceeds",
                loss));
        // Where validation images can choose nothing, the tables say why.
        if (cell.noStop().isEmpty()) {
            groups.add(new FigureGroup("Early stopping", stopping));
        }
        groups.add(new FigureGroup("Natural against adversarial accuracy", plane));
        return groups;
    }

    /**
     * The loss on validation images; where an attack leaves an image as soon as it is broken, the error (which early stopping
     * goes by under the attack that is trained against), and after it what is stored as the loss there.
     */
    private List<FigureGroup.Variant> losses(String attack) {
        if (!lossOfTheBroken(attack)) {
            return List.of(new FigureGroup.Variant(
                    under(attack),
                    training(
                            "loss-" + name(attack),
                            adversarial(attack) + " validation loss as training proceeds",
                            Axis.of(adversarial(attack) + " validation loss (nats)", Axis.Scale.LINEAR),
                            Point.VALIDATION,
                            attack,
                            Quantity.LOSS)));
        }
        return List.of(
                new FigureGroup.Variant(
                        under(attack) + ", error",
                        training(
                                "error-" + name(attack),
                                adversarial(attack) + " validation error as training proceeds",
                                Axis.of(adversarial(attack) + " validation error (%)", Axis.Scale.PERCENT),
                                Point.VALIDATION,
                                attack,
                                Quantity.ERROR)),
                new FigureGroup.Variant(
                        under(attack) + ", loss where the attack ended",
                        training(
                                "loss-" + name(attack),
                                "Validation loss where " + adversarial(attack) + " ended, as training proceeds",
                                Axis.of("loss where " + adversarial(attack) + " ended (nats)", Axis.Scale.LINEAR),
                                Point.VALIDATION,
                                attack,
                                Quantity.LOSS)));
    }

    /** Whether the attacked loss is that of the point at which an image was broken, which is no loss to choose by. */
    private boolean lossOfTheBroken(String attack) {
        return cell.accuracy() == AttackedAccuracy.WORST_CASE && !attack.equals(Point.NATURAL) && !cell.bounds(attack);
    }

    /** What is trained on first: the attack or bound, or natural examples; then the other attacks, then natural examples. */
    private List<String> attacks() {
        var attacks = new ArrayList<>(cell.measured());
        String trained = cell.selection().map(EarlyStop::attack).orElse(cell.objective());
        if (attacks.remove(trained)) {
            attacks.addFirst(trained);
        }
        attacks.add(cell.training().against().isEmpty() ? 0 : attacks.size(), Point.NATURAL);
        return attacks;
    }

    /** Three panels against iteration: the tickets by density, then the tickets beside each other strategy. */
    private Figure training(String id, String title, Axis y, String split, String attack, Quantity quantity) {
        List<Integer> levels = ShownLevels.of(curves.levels(base), MOST_LEVELS);
        List<String> names = levels.stream()
                .map(l -> Numbers.density(curves.density(base, l)))
                .toList();
        record Frame(String title, List<Line> lines) {}

        var frames = new ArrayList<Frame>();
        frames.add(new Frame(
                base + ", by weights remaining", lines(levels, names, List.of(base), split, attack, quantity)));
        for (String other : others) {
            List<Integer> compared = compared(levels, other);
            List<String> comparedNames =
                    compared.stream().map(l -> names.get(levels.indexOf(l))).toList();
            frames.add(new Frame(
                    base + " and " + other,
                    lines(compared, comparedNames, List.of(base, other), split, attack, quantity)));
        }
        // One axis for all frames, so that they can be compared.
        AxisRanges.Domain domain = AxisRanges.domain(
                frames.stream().flatMap(f -> f.lines().stream()).toList(), y.scale() == Axis.Scale.PERCENT);
        Axis x = Axis.of("iteration", Axis.Scale.LINEAR);
        Axis shared = domain.range().map(r -> y.within(r.low(), r.high())).orElse(y);
        return new Figure(
                prefix + "-" + id,
                title + ": " + cell.dataset() + ", " + training(),
                "Mean over trials; bands are one standard deviation to either side (none with a single trial)."
                        + (levels.size() < curves.levels(base).size()
                                ? " Shown are " + levels.size() + " of "
                                        + curves.levels(base).size() + " levels."
                                : "")
                        + (domain.cut() ? " The start of training lies outside the frame." : "")
                        + lossNote(split, attack, quantity),
                List.of(FigureStyle.levels(names), FigureStyle.dashes(curves.strategies())),
                frames.stream()
                        .<Panel>map(f -> new Panel.Lines(f.title(), x, shared, f.lines(), false))
                        .toList());
    }

    private String lossNote(String split, String attack, Quantity quantity) {
        if (!split.equals(Point.VALIDATION)) {
            return "";
        }
        if (quantity == Quantity.ERROR) {
            return " Share of validation images that are wrong unattacked or at any point that the attack goes through"
                    + (cell.selection()
                                    .filter(rule ->
                                            rule.byError() && rule.attack().equals(attack))
                                    .isPresent()
                            ? ": early stopping goes by it."
                            : ".");
        }
        if (lossOfTheBroken(attack)) {
            return " Mean cross-entropy at the point where the attack left each image: the first that was wrong, or the last."
                    + " Of a broken image it says that it is broken, not how far, so nothing is chosen by it.";
        }
        return cell.bounds(attack)
                ? " Mean cross-entropy of the worst cases that the bound allows at the radius that training ends with."
                : " Mean cross-entropy of the "
                        + (attack.equals(Point.NATURAL) ? "natural" : attack.toUpperCase(Locale.ROOT))
                        + " examples; with the published code's settings, of the whole training objective.";
    }

    private List<Integer> compared(List<Integer> levels, String other) {
        var both = new TreeSet<>(levels);
        both.retainAll(curves.levels(other));
        if (both.size() <= MOST_COMPARED || !both.containsAll(ShownLevels.PAPER)) {
            return ShownLevels.of(both, MOST_COMPARED);
        }
        return List.of(0, 3, 8, 15);
    }

    private List<Line> lines(
            List<Integer> levels,
            List<String> names,
            List<String> strategies,
            String split,
            String attack,
            Quantity quantity) {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < levels.size(); i++) {
            for (String strategy : strategies) {
                // The dense level is the same for all strategies: drawn once.
                if (levels.get(i) > 0 || strategy.equals(base)) {
                    lines.add(Line.of(
                            curves.byIteration(strategy, levels.get(i), split, attack, quantity),
                            names.get(i),
                            strategy));
                }
            }
        }
        return lines;
    }

    /** The iteration of early stopping, and adversarial and natural accuracy there, against density. */
    private Figure stopping(EarlyStop rule, String attack) {
        Axis x = Axis.densities();
        return new Figure(
                prefix + "-stopping-" + name(attack),
                "Early stopping: " + cell.dataset() + ", " + training(),
                "Stopped at the " + rule.describe()
                        + ". Mean over trials; bars are one standard deviation to either side.",
                List.of(FigureStyle.strategies(curves.strategies())),
                List.of(
                        byDensity(
                                "iteration of early stopping",
                                x,
                                Axis.of("early-stop iteration", Axis.Scale.ZERO),
                                (s, l) -> curves.stops(rule, s, l)),
                        byDensity(
                                adversarial(attack) + " accuracy there",
                                x,
                                Axis.of(adversarial(attack) + " test accuracy (%)", Axis.Scale.PERCENT),
                                (s, l) -> curves.accuracies(s, l, attack)),
                        byDensity(
                                "natural accuracy there",
                                x,
                                Axis.of("natural test accuracy (%)", Axis.Scale.PERCENT),
                                (s, l) -> curves.accuracies(s, l, Point.NATURAL))));
    }

    private interface OfLevel {
        List<Double> numbers(String strategy, int level);
    }

    private Panel byDensity(String title, Axis x, Axis y, OfLevel values) {
        var lines = new ArrayList<Line>();
        for (String strategy : curves.strategies()) {
            lines.add(Line.of(byDensity(strategy, values), strategy));
        }
        return new Panel.Lines(title, x, y, lines, true);
    }

    private Curve byDensity(String strategy, OfLevel values) {
        var numbers = new TreeMap<Double, List<Double>>(java.util.Comparator.reverseOrder());
        for (int level : curves.levels(strategy)) {
            numbers.put(100 * curves.density(strategy, level), values.numbers(strategy, level));
        }
        return Curve.ofMeans(numbers);
    }

    /** Natural accuracy to the right, adversarial upwards, a point for each level. */
    private Figure plane(String attack) {
        var lines = new ArrayList<Line>();
        for (String strategy : curves.strategies()) {
            var points = new ArrayList<Map.Entry<Double, Sample>>();
            var labels = new ArrayList<String>();
            for (int level : curves.levels(strategy)) {
                Sample natural = Sample.of(curves.accuracies(strategy, level, Point.NATURAL));
                Sample attacked = Sample.of(curves.accuracies(strategy, level, attack));
                if (natural.count() > 0 && attacked.count() > 0) {
                    points.add(Map.entry(natural.mean(), attacked));
                    labels.add(Numbers.density(curves.density(strategy, level)));
                }
            }
            lines.add(new Line(Curve.of(points), List.of(strategy), labels, AxisRanges.ends(labels.size())));
        }
        Axis x = Axis.of("natural test accuracy (%)", Axis.Scale.PERCENT);
        Axis y = Axis.of(adversarial(attack) + " test accuracy (%)", Axis.Scale.PERCENT);
        Optional<Axis.Range> across = AxisRanges.abscissae(lines, true);
        Optional<Axis.Range> up = AxisRanges.domain(lines, true).range();
        List<Line> labelled =
                across.flatMap(a -> up.map(u -> Labels.place(lines, a, u))).orElse(lines);
        return new Figure(
                prefix + "-plane-" + name(attack),
                "Natural against adversarial accuracy: " + cell.dataset() + ", " + training(),
                "One point a level, at "
                        + cell.selection().map(_ -> "early stopping").orElse("the last iteration")
                        + ", joined from the dense network to the sparsest; numbers are weights remaining. Better is up"
                        + " and to the right. Mean over trials; bars are one standard deviation of the adversarial accuracy.",
                List.of(FigureStyle.strategies(curves.strategies())),
                List.of(new Panel.Lines(
                        "",
                        across.map(r -> x.within(r.low(), r.high())).orElse(x),
                        up.map(r -> y.within(r.low(), r.high())).orElse(y),
                        labelled,
                        true)));
    }

    private String training() {
        return cell.objective().equals("natural") ? "natural training" : cell.objective() + " training";
    }

    private static String under(String attack) {
        return attack.equals(Point.NATURAL) ? "natural" : attack;
    }

    private static String adversarial(String attack) {
        return attack.equals(Point.NATURAL) ? "natural" : attack.toUpperCase(Locale.ROOT);
    }

    private static String name(String attack) {
        return FigureGroup.identifier(under(attack));
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Made ofCell(String prefix, Report.Run run, Cell cell) {
            return new Made(CellFigures.of(prefix, cell));
        }
    }
}
