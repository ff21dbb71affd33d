package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
import org.espalier.report.content.Report;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;

/** Several searches, data sets or objectives in one frame: accuracy at early stopping, or at the last iteration, against density. */
public final class ComparisonFigures {
    private ComparisonFigures() {}

    /**
     * A cell of some run.
     *
     * @param run the run's label; empty if there is only one
     * @param radii of its attacks by name, in pixel values
     */
    public record Named(String run, Cell cell, Map<String, Float> radii) {
        public Named {
            radii = Map.copyOf(radii);
        }

        String name() {
            return (run.isEmpty() ? "" : run + ": ") + cell.dataset() + ", " + cell.objective();
        }
    }

    /** What tells accuracies under attacks of one name apart, where anything does. */
    private record Unlike(String attack, boolean radii, boolean accuracies) {
        static Unlike of(String attack, Set<Named> cells) {
            List<Named> under = cells.stream()
                    .filter(named -> named.cell().attacks().contains(attack))
                    .toList();
            return new Unlike(
                    attack,
                    under.stream()
                                    .map(named -> named.radii().get(attack))
                                    .distinct()
                                    .count()
                            > 1,
                    under.stream()
                                    .map(named -> named.cell().accuracy())
                                    .distinct()
                                    .count()
                            > 1);
        }

        String name(Named named) {
            if (!named.cell().attacks().contains(attack)) {
                return named.name();
            }
            return named.name()
                    + (radii ? ", epsilon " + named.radii().get(attack) : "")
                    + (accuracies && named.cell().accuracy() == AttackedAccuracy.WORST_CASE ? ", worst case" : "");
        }

        String note() {
            return radii || accuracies
                    ? " The attack is not the same in all of them, so compare their courses and not their heights."
                    : "";
        }
    }

    /** The figure, one variant for each attack; empty if there is nothing to compare. */
    public static Optional<FigureGroup> of(List<Named> cells) {
        Map<Named, CellCurves> measured = new LinkedHashMap<>();
        for (Named named : cells) {
            CellCurves curves = new CellCurves(named.cell());
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
                .forEach(named -> named.cell()
                        .training()
                        .against()
                        .filter(named.cell().measured()::contains)
                        .ifPresent(attacks::add));
        measured.keySet().forEach(named -> attacks.addAll(named.cell().measured()));
        attacks.add(Point.NATURAL);
        var variants = new ArrayList<FigureGroup.Variant>();
        for (String attack : attacks) {
            String name = attack.equals(Point.NATURAL) ? "natural" : attack;
            Unlike unlike = Unlike.of(attack, measured.keySet());
            Legend legend = FigureStyle.of(
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

    /** When accuracies are taken: cells without a rule to stop early are shown at their last iteration. */
    private static String moment(Set<Named> cells) {
        List<String> last = cells.stream()
                .filter(named -> named.cell().selection().isEmpty())
                .map(Named::name)
                .toList();
        if (last.isEmpty()) {
            return "early stopping";
        }
        return last.size() == cells.size()
                ? "the last iteration"
                : "early stopping, but of " + String.join("; ", last) + " at the last iteration";
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public List<FigureGroup> ofReport(Report report) {
            List<ComparisonFigures.Named> cells = new ArrayList<>();
            for (Report.Run run : report.runs()) {
                for (Cell cell : run.results().cells()) {
                    cells.add(new ComparisonFigures.Named(
                            report.runs().size() > 1 ? run.label() : "", cell, radii(run, cell)));
                }
            }
            return ComparisonFigures.of(cells).stream().toList();
        }

        private static Map<String, Float> radii(Report.Run run, Cell cell) {
            var radii = new HashMap<String, Float>();
            cell.attacks()
                    .forEach(attack -> radii.put(
                            attack,
                            run.store().experiment().attack(attack).threat().epsilon()));
            return radii;
        }
    }
}
