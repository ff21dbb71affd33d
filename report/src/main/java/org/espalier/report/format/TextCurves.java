package org.espalier.report.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.espalier.report.content.RobustCurves;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.verdict.TicketVerdict;

/** The curves of a cell in characters: accuracy against density by strategy, and against iteration by density. */
public final class TextCurves {
    /** Densities that one chart of training shows: more lines cannot be told apart in one colour. */
    private static final int MOST_LEVELS = 4;

    private final Cell cell;
    private final List<TicketVerdict> verdicts;

    private TextCurves(Cell cell, List<TicketVerdict> verdicts) {
        this.cell = cell;
        this.verdicts = verdicts;
    }

    /**
     * The charts of a cell.
     *
     * @param verdicts of its run, for the densities worth showing
     */
    public static List<TextChart> of(Cell cell, List<TicketVerdict> verdicts) {
        return new TextCurves(
                        cell,
                        verdicts.stream()
                                .filter(v -> v.dataset().equals(cell.dataset())
                                        && v.objective().equals(cell.objective()))
                                .toList())
                .charts();
    }

    /** The report's first picture: a chart for each data set and objective. */
    public static List<TextChart> of(RobustCurves curves) {
        return curves.frames().stream().map(TextCurves::chart).toList();
    }

    private static TextChart chart(RobustCurves.Frame frame) {
        var curves = new ArrayList<TextChart.Curve>();
        var marks = new StringBuilder("ctd");
        boolean certified = frame.chains().stream()
                .flatMap(chain -> chain.spots().stream())
                .anyMatch(spot -> spot.certified().count() > 0);
        for (RobustCurves.Chain chain : frame.chains()) {
            curves.add(new TextChart.Curve(
                    mark(chain.strategy(), marks), chain.strategy(), spots(chain, RobustCurves.Spot::accuracy)));
        }
        frame.dense()
                .ifPresent(dense -> curves.add(new TextChart.Curve(
                        'd',
                        "dense network",
                        frame.chains().stream()
                                .flatMap(chain -> chain.spots().stream())
                                .filter(spot -> spot.density() > 0)
                                .map(spot -> new TextChart.Spot(spot.density(), dense))
                                .distinct()
                                .toList())));
        if (certified) {
            frame.chains().stream()
                    .findFirst()
                    .ifPresent(chain -> curves.add(new TextChart.Curve(
                            'c', "certified, " + chain.strategy(), spots(chain, RobustCurves.Spot::certified))));
        }
        List<TextChart.Spot> tickets = frame.chains().stream()
                .flatMap(chain -> chain.spots().stream())
                .filter(spot -> spot.ticket() && spot.accuracy().count() > 0)
                .map(spot -> new TextChart.Spot(spot.density(), spot.accuracy().mean()))
                .distinct()
                .toList();
        if (frame.evaluated() && !tickets.isEmpty()) {
            curves.add(new TextChart.Curve('t', "ticket", tickets));
        }
        return new TextChart(
                frame.title() + ", accuracy under " + frame.under()
                        + (frame.evaluated() ? "" : " (attack of training: not evaluated)") + ", %, by P_m",
                curves,
                true,
                "weights remaining");
    }

    private static List<TextChart.Spot> spots(RobustCurves.Chain chain, Function<RobustCurves.Spot, Sample> quantity) {
        return chain.spots().stream()
                .filter(spot -> quantity.apply(spot).count() > 0 && spot.density() > 0)
                .map(spot ->
                        new TextChart.Spot(spot.density(), quantity.apply(spot).mean()))
                .toList();
    }

    private List<TextChart> charts() {
        // What was trained against, or on; where that is not measured, or nothing was, the last attack, often the
        // strongest.
        Optional<String> attack = cell.training()
                .against()
                .filter(cell.measured()::contains)
                .or(() -> cell.attacks().isEmpty()
                        ? Optional.empty()
                        : Optional.of(cell.attacks().getLast()));
        var charts = new ArrayList<TextChart>();
        attack.ifPresent(name -> charts.add(byDensity(name)));
        charts.add(byDensity(Point.NATURAL));
        cell.strategies().stream()
                .filter(s -> s.levels() > 1)
                .findFirst()
                .or(() -> cell.strategies().stream().findFirst())
                .ifPresent(strategy -> {
                    attack.ifPresent(name -> charts.add(byIteration(strategy.name(), name)));
                    charts.add(byIteration(strategy.name(), Point.NATURAL));
                });
        return charts;
    }

    private static String accuracy(String attack) {
        return attack.equals(Point.NATURAL) ? "natural accuracy" : attack + " accuracy";
    }

    private TextChart byDensity(String attack) {
        Selection selection =
                cell.selection().<Selection>map(Selection.Stopped::new).orElseGet(Selection.Last::new);
        var curves = new ArrayList<TextChart.Curve>();
        var marks = new StringBuilder();
        for (Cell.Strategy strategy : cell.strategies()) {
            var spots = new ArrayList<TextChart.Spot>();
            for (int level = 0; level < strategy.levels(); level++) {
                int wanted = level;
                List<Series> trials = cell.series().stream()
                        .filter(s -> s.strategy().equals(strategy.name()) && s.level() == wanted)
                        .toList();
                Sample sample = AccuracyTable.accuracy(trials, selection, attack);
                if (sample.count() > 0 && level < cell.densities().size()) {
                    spots.add(new TextChart.Spot(cell.densities().get(level) * 100, sample.mean() * 100));
                }
            }
            curves.add(new TextChart.Curve(mark(strategy.name(), marks), strategy.name(), spots));
        }
        return new TextChart(
                accuracy(attack) + " at " + (cell.selection().isPresent() ? "early stopping" : "the last iteration")
                        + ", %, by P_m",
                curves,
                true,
                "weights remaining");
    }

    /** A strategy's initial where it is free, else the next free letter. */
    private static char mark(String name, StringBuilder taken) {
        char mark = name.charAt(0);
        for (char letter = 'a'; taken.indexOf(String.valueOf(mark)) >= 0; letter++) {
            mark = letter;
        }
        taken.append(mark);
        return mark;
    }

    private TextChart byIteration(String strategy, String attack) {
        var curves = new ArrayList<TextChart.Curve>();
        char mark = 'a';
        for (int level : levels(strategy)) {
            var byIteration = new TreeMap<Integer, List<Double>>();
            cell.series().stream()
                    .filter(s ->
                            s.strategy().equals(strategy) && s.level() == level && s.state() != Series.State.DIVERGED)
                    .flatMap(s -> s.points().stream())
                    .filter(p -> p.split().equals(Point.TEST) && p.attack().equals(attack))
                    .forEach(p -> byIteration
                            .computeIfAbsent(p.iteration(), _ -> new ArrayList<>())
                            .add(p.accuracy()));
            int most = byIteration.values().stream().mapToInt(List::size).max().orElse(0);
            List<TextChart.Spot> spots = byIteration.entrySet().stream()
                    // A mean over fewer trials would jump where a trial is behind.
                    .filter(e -> e.getValue().size() == most)
                    .map(e -> new TextChart.Spot(
                            e.getKey(), Sample.of(e.getValue()).mean() * 100))
                    .toList();
            double density = level < cell.densities().size() ? cell.densities().get(level) : Double.NaN;
            curves.add(new TextChart.Curve(mark++, Numbers.density(density), spots));
        }
        return new TextChart(strategy + ", " + accuracy(attack) + " in training, %", curves, false, "iteration");
    }

    /** The dense level, the ticket's, the best one's and the sparsest; one in between where these are few. */
    private List<Integer> levels(String strategy) {
        var found = new TreeSet<Integer>();
        cell.series().stream()
                .filter(s -> s.strategy().equals(strategy) && !s.points().isEmpty() && cell.shows(strategy, s.level()))
                .forEach(s -> found.add(s.level()));
        if (found.size() <= MOST_LEVELS) {
            return List.copyOf(found);
        }
        var shown = new TreeSet<Integer>(List.of(found.getFirst(), found.getLast()));
        verdicts.stream()
                .filter(v -> v.strategy().equals(strategy))
                .sorted(Comparator.comparing(v -> !v.trainedAgainst()))
                .flatMapToInt(v -> java.util.stream.IntStream.concat(
                        v.best().stream().mapToInt(e -> e.level()),
                        v.ticket().stream().mapToInt(c -> c.level())))
                .filter(found::contains)
                .forEach(level -> {
                    if (shown.size() < MOST_LEVELS) {
                        shown.add(level);
                    }
                });
        OptionalInt between = found.stream()
                .mapToInt(Integer::intValue)
                .filter(level -> !shown.contains(level))
                .skip(found.size() / 2 - 1)
                .findFirst();
        if (shown.size() < MOST_LEVELS && between.isPresent()) {
            shown.add(between.getAsInt());
        }
        return List.copyOf(shown);
    }
}
