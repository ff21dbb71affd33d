package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.result.Arm;
import org.espalier.report.result.Point;

/** Several searches, data sets or objectives in one frame: accuracy at early stopping, or at the last iteration, against density. */
public final class ComparisonFigures {
    private ComparisonFigures() {}

    /**
     * An arm of some run.
     *
     * @param run the run's label; empty if there is only one
     * @param radii of its attacks by name, in pixel values
     */
    public record Named(String run, Arm arm, Map<String, Float> radii) {
        public Named {
            radii = Map.copyOf(radii);
        }

        String name() {
            return (run.isEmpty() ? "" : run + ": ") + arm.dataset() + ", " + arm.objective();
        }
    }

    /** What tells accuracies under attacks of one name apart, where anything does. */
    private record Unlike(String attack, boolean radii, boolean accuracies) {
        static Unlike of(String attack, Set<Named> arms) {
            List<Named> under = arms.stream()
                    .filter(named -> named.arm().attacks().contains(attack))
                    .toList();
            return new Unlike(
                    attack,
                    under.stream()
                                    .map(named -> named.radii().get(attack))
                                    .distinct()
                                    .count()
                            > 1,
                    under.stream()
                                    .map(named -> named.arm().accuracy())
                                    .distinct()
                                    .count()
                            > 1);
        }

        String name(Named named) {
            if (!named.arm().attacks().contains(attack)) {
                return named.name();
            }
            return named.name()
                    + (radii ? ", epsilon " + named.radii().get(attack) : "")
                    + (accuracies && named.arm().accuracy() == AttackedAccuracy.WORST_CASE ? ", worst case" : "");
        }

        String note() {
            return radii || accuracies
                    ? " The attack is not the same in all of them, so compare their courses and not their heights."
                    : "";
        }
    }

    /** The figure, one variant for each attack; empty if there is nothing to compare. */
    public static Optional<FigureGroup> of(List<Named> arms) {
        Map<Named, ArmCurves> measured = new LinkedHashMap<>();
        for (Named named : arms) {
            ArmCurves curves = new ArmCurves(named.arm());
            if (!curves.levels(curves.base()).isEmpty()) {
                measured.put(named, curves);
            }
        }
        if (measured.size() < 2) {
            return Optional.empty();
        }
        Set<String> attacks = new LinkedHashSet<>();
        // What networks were trained against is asked for first.
        measured.keySet()
                .forEach(named -> named.arm()
                        .training()
                        .against()
                        .filter(named.arm().measured()::contains)
                        .ifPresent(attacks::add));
        measured.keySet().forEach(named -> attacks.addAll(named.arm().measured()));
        attacks.add(Point.NATURAL);
        var variants = new ArrayList<FigureGroup.Variant>();
        for (String attack : attacks) {
            String name = attack.equals(Point.NATURAL) ? "natural" : attack;
            Unlike unlike = Unlike.of(attack, measured.keySet());
            Legend legend = Looks.of(
                    "data set, training",
                    measured.keySet().stream().map(unlike::name).toList());
            var lines = new ArrayList<Line>();
            measured.forEach((named, curves) -> {
                var numbers = new TreeMap<Double, List<Double>>(Comparator.reverseOrder());
                for (int level : curves.levels(curves.base())) {
                    numbers.put(
                            100 * curves.density(curves.base(), level),
                            curves.accuracies(curves.base(), level, attack));
                }
                lines.add(Line.of(Curve.ofMeans(numbers), unlike.name(named)));
            });
            String moment = moment(measured.keySet());
            String shown = attack.equals(Point.NATURAL) ? "natural" : attack.toUpperCase(Locale.ROOT);
            variants.add(new FigureGroup.Variant(
                    name,
                    new Figure(
                            "comparison-" + FigureGroup.identifier(name),
                            shown + " accuracy of the tickets" + (moment.contains(",") ? "" : " at " + moment),
                            "Each search's tickets (the strategy that restarts from the first weights) at " + moment
                                    + ". Mean over trials; bars are one standard deviation to either side."
                                    + unlike.note(),
                            List.of(legend),
                            List.of(new Panel.Lines(
                                    "",
                                    Axis.densities(),
                                    Axis.of(shown + " test accuracy (%)", Axis.Scale.PERCENT),
                                    lines,
                                    true)))));
        }
        return Optional.of(new FigureGroup("Accuracy of the tickets by density", variants));
    }

    /** When accuracies are taken: arms without a rule to stop early are shown at their last iteration. */
    private static String moment(Set<Named> arms) {
        List<String> last = arms.stream()
                .filter(named -> named.arm().selection().isEmpty())
                .map(Named::name)
                .toList();
        if (last.isEmpty()) {
            return "early stopping";
        }
        return last.size() == arms.size()
                ? "the last iteration"
                : "early stopping, but of " + String.join("; ", last) + " at the last iteration";
    }
}
