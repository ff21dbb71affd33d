package org.espalier.report.table;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;

/**
 * Test accuracy by density: for each strategy the mean and sample standard deviation over trials, on natural examples
 * under each attack and in the worst case of the bound that is trained on, at one choice of iteration (the paper's Tables 1 and
 * 2, and figures 3, 5, 9 and 11 as numbers).
 */
public final class AccuracyTable {
    /** Stands where something is planned and not measured yet. */
    public static final String PENDING = "...";

    /** Stands for the spread of a single trial. */
    static final String NO_SPREAD = "-";

    /** Stands behind the accuracies of networks that are no better than chance. */
    static final String AT_CHANCE = "*";

    /** What accuracy under attack means where it is not that of the points that attacks end with. */
    static final String WORST_CASE =
            "an image is right under an attack if it is right unattacked and at every point that"
                    + " the attack goes through (per-example worst case)";

    private final Cell cell;
    private final Selection selection;

    private AccuracyTable(Cell cell, Selection selection) {
        this.cell = cell;
        this.selection = selection;
    }

    /**
     * The tables of a cell: at one iteration, at the last (where that shows anything else), and at early stopping.
     *
     * @param iteration the iteration to show, or the nearest measured one; if empty, the one that the experiment names,
     *     and where it names none, there is no such table
     */
    public static List<Table> all(Cell cell, OptionalInt iteration) {
        return List.copyOf(byMoment(cell, iteration).values());
    }

    /** The same tables by what they show: {@code iteration}, {@code last} and {@code early-stop}. */
    public static Map<String, Table> byMoment(Cell cell, OptionalInt iteration) {
        var tables = new LinkedHashMap<String, Table>();
        OptionalInt wanted = iteration.isPresent() ? iteration : cell.reportIteration();
        if (wanted.isPresent()) {
            int shown = nearest(cell, wanted.getAsInt());
            String at = "at iteration " + Numbers.count(shown)
                    + (shown == wanted.getAsInt()
                            ? ""
                            : " (the nearest measured one to " + Numbers.count(wanted.getAsInt()) + ")");
            tables.put("iteration", new AccuracyTable(cell, new Selection.At(shown)).table(at));
        }
        Table last = new AccuracyTable(cell, new Selection.Last()).table("at the last iteration of each level");
        // The same numbers are not shown twice.
        if (tables.values().stream().noneMatch(table -> table.blocks().equals(last.blocks()))) {
            tables.put("last", last);
        }
        cell.selection()
                .ifPresent(rule -> tables.put(
                        "early-stop",
                        new AccuracyTable(cell, new Selection.Stopped(rule))
                                .table("at early stopping (" + rule.describe() + ")")));
        return tables;
    }

    /** The measured iteration nearest to the wanted one, the lower of two equally near; the wanted one if there is none. */
    static int nearest(Cell cell, int wanted) {
        OptionalInt nearest = OptionalInt.empty();
        for (Series series : cell.series()) {
            for (Point point : series.points()) {
                int iteration = point.iteration();
                if (point.split().equals(Point.TEST)
                        && (nearest.isEmpty() || nearer(iteration, nearest.getAsInt(), wanted))) {
                    nearest = OptionalInt.of(iteration);
                }
            }
        }
        return nearest.orElse(wanted);
    }

    private static boolean nearer(int one, int other, int wanted) {
        int away = Math.abs(one - wanted) - Math.abs(other - wanted);
        return away < 0 || away == 0 && one < other;
    }

    private Table table(String when) {
        int levels =
                cell.strategies().stream().mapToInt(Cell.Strategy::levels).max().orElse(0);
        var keys = new ArrayList<List<String>>();
        for (int level = 0; level < levels; level++) {
            keys.add(List.of(
                    Integer.toString(level),
                    level < cell.densities().size()
                            ? Numbers.percent(cell.densities().get(level))
                            : ""));
        }
        List<Table.Block> blocks =
                cell.strategies().stream().map(s -> block(s, levels)).toList();
        String caption = cell.dataset() + ", " + cell.objective() + " training, test accuracy in % " + when;
        return new Table(caption, new Table.Block("", List.of("level", "P_m %"), keys), blocks, notes(blocks));
    }

    private Table.Block block(Cell.Strategy strategy, int levels) {
        boolean stopped = selection instanceof Selection.Stopped;
        var headings = new ArrayList<String>();
        if (stopped) {
            headings.add("stopped at");
        }
        headings.add("natural");
        headings.addAll(cell.measured());
        headings.add("trials");
        var rows = new ArrayList<List<String>>();
        for (int level = 0; level < levels; level++) {
            rows.add(
                    level < strategy.levels()
                            ? row(strategy.name(), level, stopped)
                            : headings.stream().map(_ -> "").toList());
        }
        return new Table.Block(strategy.name(), headings, rows);
    }

    private List<String> row(String strategy, int level, boolean stopped) {
        List<Series> trials = cell.series().stream()
                .filter(s -> s.strategy().equals(strategy) && s.level() == level)
                .sorted(Comparator.comparingInt(Series::trial))
                .toList();
        var row = new ArrayList<String>();
        if (stopped) {
            row.add(iterations(trials));
        }
        var counts = new TreeSet<Integer>();
        String mark = mark(cell, trials, selection);
        List<String> measured = cell.measured();
        for (int i = -1; i < measured.size(); i++) {
            Sample sample = accuracy(trials, selection, i < 0 ? Point.NATURAL : measured.get(i));
            counts.add(sample.count());
            row.add(cell(sample, 100, 2) + (sample.count() > 0 ? mark : ""));
        }
        String counted =
                counts.first().equals(counts.last()) ? "" + counts.first() : counts.first() + "-" + counts.last();
        row.add(counted + "/" + cell.trials());
        return row;
    }

    /** {@link #AT_CHANCE} where the network of a trial is no better than naming one class; else nothing. */
    static String mark(Cell cell, List<Series> trials, Selection selection) {
        return trials.stream()
                        .flatMap(trial -> selection.of(trial).stream()
                                .boxed()
                                .flatMap(at -> trial.at(at, Point.TEST, Point.NATURAL).stream()))
                        .anyMatch(point -> cell.chance()
                                .filter(chance -> chance.covers(point.accuracy()))
                                .isPresent())
                ? AT_CHANCE
                : "";
    }

    /** What {@link #mark} means. */
    static String chanceNote(Cell cell) {
        return AT_CHANCE + " a network of at least one trial is no better than always naming the most frequent class"
                + cell.chance()
                        .map(chance -> " (" + Numbers.percent(chance.share()) + " %)")
                        .orElse("");
    }

    /** Test accuracies under an attack, of the trials that have one at the selected iteration. */
    public static Sample accuracy(List<Series> trials, Selection selection, String attack) {
        var accuracies = new ArrayList<Double>();
        for (Series trial : trials) {
            OptionalInt iteration = selection.of(trial);
            if (iteration.isPresent()) {
                trial.at(iteration.getAsInt(), Point.TEST, attack).ifPresent(p -> accuracies.add(p.accuracy()));
            }
        }
        return Sample.of(accuracies);
    }

    private String iterations(List<Series> trials) {
        var iterations = new ArrayList<Double>();
        for (Series trial : trials) {
            selection.of(trial).ifPresent(i -> iterations.add((double) i));
        }
        return cell(Sample.of(iterations), 1, 0);
    }

    private List<String> notes(List<Table.Block> blocks) {
        var notes = new ArrayList<String>();
        if (holds(blocks, "(" + NO_SPREAD + ")")) {
            notes.add("(" + NO_SPREAD + ") one trial alone has no standard deviation");
        }
        if (holds(blocks, PENDING)) {
            notes.add(PENDING + " not measured yet");
        }
        if (holds(blocks, AT_CHANCE)) {
            notes.add(chanceNote(cell));
        }
        cell.bound()
                .ifPresent(bound -> notes.add(bound.name()
                        + ": images of which training's bound leaves no doubt within " + Numbers.radius(bound.epsilon())
                        + ", rounding aside; certificates are made by espalier certify"));
        if (cell.accuracy() == AttackedAccuracy.WORST_CASE) {
            notes.add(WORST_CASE);
        }
        if (cell.selection().isEmpty()) {
            notes.add("no early stopping: "
                    + cell.noStop().orElse("the experiment does not measure the validation loss of this objective"));
        }
        notes.addAll(cell.notes());
        for (Series series : cell.series()) {
            if (series.state() == Series.State.DIVERGED) {
                notes.add("left out: " + series.strategy() + ", trial " + series.trial() + " diverged at level "
                        + series.level()
                        + series.lastIteration().stream()
                                .mapToObj(i -> ", last measured at iteration " + Numbers.count(i))
                                .collect(joining()));
            }
        }
        return notes;
    }

    private static boolean holds(List<Table.Block> blocks, String text) {
        return blocks.stream()
                .flatMap(b -> b.rows().stream())
                .flatMap(List::stream)
                .anyMatch(c -> c.contains(text));
    }

    /** A mean and its spread. */
    static String cell(Sample sample, double scale, int decimals) {
        if (sample.count() == 0) {
            return PENDING;
        }
        String format = "%,." + decimals + "f";
        String spread = sample.deviation().isPresent()
                ? String.format(Locale.ROOT, format, sample.deviation().getAsDouble() * scale)
                : NO_SPREAD;
        return String.format(Locale.ROOT, format, sample.mean() * scale) + " (" + spread + ")";
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return run.results().cells().stream()
                    .flatMap(cell -> byMoment(cell, iteration).entrySet().stream()
                            .map(table -> new Named(
                                    String.join("-", run.label(), cell.dataset(), cell.objective(), table.getKey()),
                                    table.getValue())))
                    .toList();
        }
    }
}
