package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.chart.Side;
import org.espalier.report.content.Report;
import org.espalier.report.content.RobustCurves;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Sample;

/**
 * The picture that opens the report: robust accuracy under the evaluation that decides, the certified accuracy below it and the
 * dense network's level, against weights remaining. The ticket that a verdict names is marked.
 */
public final class VerdictFigure {
    /** Its id, and the name of its files. */
    public static final String ID = "verdict";

    private static final String ROBUST = "robust";
    private static final String OWN = "under the attack of training";
    private static final String CERTIFIED = "certified";
    private static final String DENSE = "dense network";
    private static final String TICKET = "winning robust ticket";
    private static final String UNRELIABLE = "unreliable, may be lower";

    private final List<RobustCurves.Frame> frames;

    /** Entries that a line has, so that legends name nothing else. */
    private final Set<String> used = new LinkedHashSet<>();

    private VerdictFigure(RobustCurves curves) {
        frames = curves.frames();
    }

    /** The figure; without panels if there is no verdict. */
    public static FigureGroup of(Report report) {
        VerdictFigure figure = new VerdictFigure(RobustCurves.of(report));
        return FigureGroup.of(
                figure.frames.stream().allMatch(RobustCurves.Frame::evaluated)
                        ? "Robust accuracy by density"
                        : "Accuracy by density",
                figure.figure());
    }

    private Figure figure() {
        List<Panel> panels = frames.stream().map(this::panel).toList();
        Legend strategies = FigureStyle.strategies(frames.stream()
                .flatMap(frame -> frame.chains().stream())
                .map(RobustCurves.Chain::strategy)
                .distinct()
                .toList());
        // One note stands once, whatever panels it is of.
        Map<String, List<String>> notes = new LinkedHashMap<>();
        frames.forEach(frame -> frame.notes()
                .forEach(note ->
                        notes.computeIfAbsent(note, _ -> new ArrayList<>()).add(frame.title())));
        String caption = notes.entrySet().stream()
                .map(each -> (each.getValue().size() < frames.size() ? String.join("; ", each.getValue()) + ": " : "")
                        + each.getKey())
                .collect(Collectors.joining(" "));
        return new Figure(
                ID,
                "Robust accuracy by density",
                (caption + " Mean over trials; bars are one standard deviation.").strip(),
                List.of(strategies, legend()),
                panels);
    }

    private Legend legend() {
        return new Legend(
                "accuracy",
                List.of(
                                entry(ROBUST, OptionalInt.empty(), OptionalInt.empty(), 0),
                                entry(OWN, OptionalInt.empty(), OptionalInt.empty(), 3),
                                entry(CERTIFIED, OptionalInt.empty(), OptionalInt.empty(), 2),
                                entry(DENSE, OptionalInt.of(0), OptionalInt.empty(), 1),
                                entry(TICKET, OptionalInt.of(2), OptionalInt.of(3), 0),
                                entry(UNRELIABLE, OptionalInt.of(5), OptionalInt.of(4), 0))
                        .stream()
                        .filter(entry -> used.contains(entry.name()))
                        .toList());
    }

    private static Legend.Entry entry(String name, OptionalInt color, OptionalInt shape, int dash) {
        return new Legend.Entry(name, color, shape, OptionalInt.of(dash));
    }

    private Panel panel(RobustCurves.Frame frame) {
        var lines = new ArrayList<Line>();
        String quantity = frame.evaluated() ? ROBUST : OWN;
        frame.dense().ifPresent(dense -> {
            double[] ends = frame.chains().stream()
                    .flatMap(chain -> chain.spots().stream())
                    .mapToDouble(RobustCurves.Spot::density)
                    .filter(density -> density > 0)
                    .sorted()
                    .toArray();
            if (ends.length > 0 && ends[0] < ends[ends.length - 1]) {
                add(
                        lines,
                        Curve.ofDerived(new double[] {ends[ends.length - 1], ends[0]}, new double[] {dense, dense}),
                        frame.chains().getFirst().strategy(),
                        DENSE);
            }
        });
        for (RobustCurves.Chain chain : frame.chains()) {
            add(lines, curve(chain.spots(), RobustCurves.Spot::certified), chain.strategy(), CERTIFIED);
            add(lines, curve(chain.spots(), RobustCurves.Spot::accuracy), chain.strategy(), quantity);
        }
        for (RobustCurves.Chain chain : frame.chains()) {
            for (RobustCurves.Spot spot : chain.spots()) {
                // A line for each: marks are not joined.
                if (spot.mark() == Verdict.UNRELIABLE) {
                    add(lines, curve(List.of(spot), each -> alone(each.accuracy())), chain.strategy(), UNRELIABLE);
                }
                if (spot.ticket() && frame.evaluated()) {
                    used.add(TICKET);
                    lines.add(new Line(
                            curve(List.of(spot), RobustCurves.Spot::accuracy),
                            List.of(chain.strategy(), TICKET),
                            List.of("ticket: " + Numbers.density(spot.density() / 100)),
                            List.of(new Line.Written(
                                    0, spot == chain.spots().getLast() ? Side.ABOVE_LEFT : Side.ABOVE))));
                }
            }
        }
        return new Panel.Lines(
                frame.title(),
                Axis.densities(),
                Axis.of(frame.evaluated() ? "robust accuracy (%)" : frame.under() + " accuracy (%)", Axis.Scale.PERCENT)
                        .within(0, 100),
                lines,
                true);
    }

    private void add(List<Line> lines, Curve curve, String strategy, String entry) {
        if (!curve.isEmpty()) {
            used.add(entry);
            lines.add(Line.of(curve, strategy, entry));
        }
    }

    /** Marks are drawn over points whose bars are there already. */
    private static Sample alone(Sample sample) {
        return new Sample(sample.count(), sample.mean(), OptionalDouble.empty());
    }

    private static Curve curve(List<RobustCurves.Spot> spots, Function<RobustCurves.Spot, Sample> of) {
        return Curve.of(spots.stream()
                .filter(spot -> of.apply(spot).count() > 0 && spot.density() > 0)
                .map(spot -> Map.entry(spot.density(), of.apply(spot)))
                .toList());
    }
}
