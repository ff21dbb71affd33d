package org.espalier.report.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.lab.experiment.Experiment;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Published;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;

/**
 * Tables 1 and 2 of the paper, in its form: for each attack natural and attacked accuracy, networks trained naturally /
 * trained against that attack, by density; with published values beneath ours where there are any.
 *
 * <p>Networks of several searches stand in one table where their experiments differ in nothing but what is trained:
 * natural and adversarial training may have been run apart.
 */
public final class PaperTable {
    /** Stands where nothing is planned. */
    private static final String NONE = "-";

    /** Networks of one data set and strategy, from searches that may stand together. */
    private final String dataset;

    private final String strategy;
    private final List<Cell> cells;
    private final Published published;

    /** What is shown of each cell, found once: it takes a look at everything measured. */
    private final Map<Cell, Selection> selections = new IdentityHashMap<>();

    private PaperTable(String dataset, String strategy, List<Cell> cells, Published published, OptionalInt iteration) {
        this.dataset = dataset;
        this.strategy = strategy;
        this.cells = cells;
        this.published = published;
        cells.forEach(cell -> selections.put(cell, selection(cell, iteration)));
    }

    /** All such tables by name, for each data set and each strategy that restarts from earlier weights. */
    public static Map<String, Table> all(Report report, OptionalInt iteration) {
        var tables = new LinkedHashMap<String, Table>();
        List<List<Report.Run>> groups = groups(report.runs());
        for (List<Report.Run> group : groups) {
            var cells = new LinkedHashMap<String, List<Cell>>();
            group.forEach(run -> run.results()
                    .cells()
                    .forEach(cell -> cells.computeIfAbsent(cell.dataset(), _ -> new ArrayList<>())
                            .add(cell)));
            cells.forEach((dataset, all) -> {
                Set<String> strategies = new LinkedHashSet<>();
                all.forEach(cell -> cell.strategies().forEach(s -> strategies.add(s.name())));
                for (String strategy : strategies) {
                    if (restartsFromEarlier(strategy)) {
                        List<Cell> having = all.stream()
                                .filter(cell -> cell.strategies().stream()
                                        .anyMatch(s -> s.name().equals(strategy)))
                                .toList();
                        String runs = group.stream().map(Report.Run::label).collect(Collectors.joining("+"));
                        new PaperTable(dataset, strategy, having, report.published(), iteration)
                                .table(groups.size() > 1 || group.size() > 1 ? " (" + runs + ")" : "")
                                .ifPresent(
                                        table -> tables.put("table-" + dataset + "-" + strategy + "-" + runs, table));
                    }
                }
            });
        }
        return tables;
    }

    private static boolean restartsFromEarlier(String strategy) {
        return strategy.equals("original") || strategy.equals("as-published") || strategy.startsWith("rewind-");
    }

    /** Runs that may stand in one table: of equal settings, and none training what another of them trains. */
    private static List<List<Report.Run>> groups(List<Report.Run> runs) {
        List<List<Report.Run>> groups = new ArrayList<>();
        for (Report.Run run : runs) {
            Optional<List<Report.Run>> fitting = groups.stream()
                    .filter(group -> group.stream().allMatch(other -> together(run, other)))
                    .findFirst();
            if (fitting.isPresent()) {
                fitting.get().add(run);
            } else {
                groups.add(new ArrayList<>(List.of(run)));
            }
        }
        return groups;
    }

    private static boolean together(Report.Run one, Report.Run other) {
        Experiment a = one.store().experiment();
        Experiment b = other.store().experiment();
        boolean sameAttacks = a.attacks().entrySet().stream()
                .allMatch(e -> e.getValue().equals(b.attacks().getOrDefault(e.getKey(), e.getValue())));
        var trained = new HashSet<>(cells(one));
        return sameAttacks
                && a.network().equals(b.network())
                && a.training().equals(b.training())
                && a.data().validation() == b.data().validation()
                && a.evaluation().timing() == b.evaluation().timing()
                && a.evaluation().accuracy() == b.evaluation().accuracy()
                && a.evaluation().images().equals(b.evaluation().images())
                && a.pruning().criterion().equals(b.pruning().criterion())
                && a.pruning().scope() == b.pruning().scope()
                && a.pruning().count() == b.pruning().count()
                && a.pruning().quotaOrFractions().equals(b.pruning().quotaOrFractions())
                && a.pruning().schedule().equals(b.pruning().schedule())
                && cells(other).stream().noneMatch(trained::contains);
    }

    private static Set<String> cells(Report.Run run) {
        return run.results().cells().stream()
                .flatMap(cell -> cell.strategies().stream()
                        .map(s -> cell.dataset() + "/" + s.name() + "/"
                                + cell.training().attack().orElse(cell.objective())))
                .collect(Collectors.toSet());
    }

    private Optional<Table> table(String runs) {
        List<String> attacks = cells.stream()
                .flatMap(cell -> cell.attacks().stream())
                .distinct()
                .toList();
        if (attacks.isEmpty()) {
            return Optional.empty();
        }
        List<Double> densities = cells.stream()
                .map(Cell::densities)
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .orElse(List.of());
        List<String> sources = published.sources(dataset, strategy);
        var keys = new ArrayList<List<String>>();
        List<Side> sides = sides(attacks);
        List<List<List<String>>> rows = sides.stream()
                .map(_ -> (List<List<String>>) new ArrayList<List<String>>())
                .toList();
        for (int level : shown(densities)) {
            double density = densities.get(level);
            keys.add(List.of(Numbers.percent(density), "ours"));
            for (int i = 0; i < sides.size(); i++) {
                rows.get(i).add(List.of(ours(sides.get(i), false, level), ours(sides.get(i), true, level)));
            }
            for (String source : sources) {
                List<List<String>> theirs = sides.stream()
                        .map(side -> List.of(theirs(source, side, false, density), theirs(source, side, true, density)))
                        .toList();
                if (theirs.stream().flatMap(List::stream).anyMatch(cell -> !cell.equals(NONE + " / " + NONE))) {
                    keys.add(List.of(Numbers.percent(density), source));
                    for (int i = 0; i < sides.size(); i++) {
                        rows.get(i).add(theirs.get(i));
                    }
                }
            }
        }
        var blocks = new ArrayList<Table.Block>();
        for (int i = 0; i < sides.size(); i++) {
            blocks.add(
                    new Table.Block(sides.get(i).name(), List.of("natural accuracy", "attack accuracy"), rows.get(i)));
        }
        return Optional.of(new Table(
                dataset + ", " + strategy + ", normally trained / adversarially trained, test accuracy in % " + when()
                        + runs,
                new Table.Block("", List.of("P_m %", "source"), keys, Set.of(1)),
                blocks,
                notes(sides, sources)));
    }

    /**
     * The columns under one heading.
     *
     * @param name the attack, and the objective where it alone does not say what is trained
     * @param trained what stands to the right of the stroke
     */
    private record Side(String attack, String name, Optional<Cell> trained) {}

    /**
     * Each attack with each objective that trains against it; objectives that train against none of the attacks (against
     * another one, or for certificates) stand beside every attack.
     */
    private List<Side> sides(List<String> attacks) {
        Optional<Cell> natural = natural();
        List<Cell> others = cells.stream()
                .filter(cell -> !Optional.of(cell).equals(natural))
                .filter(cell ->
                        cell.training().attack().filter(attacks::contains).isEmpty())
                .toList();
        var sides = new ArrayList<Side>();
        for (String attack : attacks) {
            List<Cell> against = cells.stream()
                    .filter(cell ->
                            cell.training().attack().filter(attack::equals).isPresent())
                    .toList();
            if (against.isEmpty() && (others.isEmpty() || natural.isPresent())) {
                sides.add(new Side(attack, attack, Optional.empty()));
            }
            against.forEach(cell ->
                    sides.add(new Side(attack, against.size() == 1 ? attack : named(attack, cell), Optional.of(cell))));
            others.forEach(cell -> sides.add(new Side(attack, named(attack, cell), Optional.of(cell))));
        }
        return sides;
    }

    private static String named(String attack, Cell cell) {
        return attack + ", trained for " + cell.objective();
    }

    /** What is trained without attack and bound; the objective of that name where several are. */
    private Optional<Cell> natural() {
        List<Cell> without = cells.stream()
                .filter(cell -> cell.training().against().isEmpty())
                .toList();
        return without.stream()
                .filter(cell -> cell.objective().equals(Experiment.Objective.NATURAL))
                .findFirst()
                .or(() -> without.stream().findFirst());
    }

    /** The levels at densities that are published, where the search goes through at least four; else all. */
    private List<Integer> shown(List<Double> densities) {
        var all = new ArrayList<Integer>();
        var matching = new ArrayList<Integer>();
        for (int level = 0; level < densities.size(); level++) {
            all.add(level);
            if (published.shows(densities.get(level))) {
                matching.add(level);
            }
        }
        return matching.size() >= 4 ? matching : all;
    }

    private String ours(Side side, boolean attacked, int level) {
        return cell(natural(), side.attack(), attacked, level)
                + " / "
                + cell(side.trained(), side.attack(), attacked, level);
    }

    private String cell(Optional<Cell> cell, String attack, boolean attacked, int level) {
        if (cell.isEmpty() || attacked && !cell.get().attacks().contains(attack)) {
            return NONE;
        }
        List<Series> trials = cell.get().series().stream()
                .filter(s -> s.strategy().equals(strategy) && s.level() == level)
                .toList();
        Sample sample = AccuracyTable.accuracy(trials, selection(cell.get()), attacked ? attack : Point.NATURAL);
        return AccuracyTable.cell(sample, 100, 2)
                + (sample.count() > 0 ? AccuracyTable.mark(cell.get(), trials, selection(cell.get())) : "");
    }

    private boolean atChance(Cell cell) {
        return !AccuracyTable.mark(
                        cell,
                        cell.series().stream()
                                .filter(s -> s.strategy().equals(strategy) && cell.shows(strategy, s.level()))
                                .toList(),
                        selection(cell))
                .isEmpty();
    }

    private Selection selection(Cell cell) {
        return Objects.requireNonNull(selections.get(cell), cell.objective());
    }

    private static Selection selection(Cell cell, OptionalInt iteration) {
        OptionalInt wanted = iteration.isPresent() ? iteration : cell.reportIteration();
        return wanted.isPresent()
                ? new Selection.At(AccuracyTable.nearest(cell, wanted.getAsInt()))
                : new Selection.Last();
    }

    private String theirs(String source, Side side, boolean attacked, double density) {
        // What is trained for something else has no published counterpart.
        boolean same = side.trained().stream()
                .allMatch(cell -> cell.training().attack().equals(Optional.of(side.attack())));
        return theirs(source, side.attack(), false, attacked, density) + " / "
                + (same ? theirs(source, side.attack(), true, attacked, density) : NONE);
    }

    private String theirs(String source, String attack, boolean adversarial, boolean attacked, double density) {
        return published
                .find(source, dataset, attack, adversarial, attacked, strategy, density)
                .map(v -> String.format(Locale.ROOT, "%.2f", v.accuracy())
                        + v.deviation()
                                .map(d -> String.format(Locale.ROOT, " (%.2f)", d))
                                .orElse(""))
                .orElse(NONE);
    }

    private String when() {
        var iterations = new TreeSet<Integer>();
        cells.forEach(cell -> {
            if (selection(cell) instanceof Selection.At at) {
                iterations.add(at.iteration());
            }
        });
        return iterations.size() == 1
                ? String.format(Locale.ROOT, "at iteration %,d", iterations.first())
                : iterations.isEmpty() ? "at the last iteration of each level" : "at the iterations asked for";
    }

    private List<String> notes(List<Side> sides, List<String> sources) {
        var notes = new ArrayList<String>();
        notes.add("each cell: networks trained naturally / networks trained against the attack of the column"
                + (sides.stream().allMatch(side -> side.name().equals(side.attack()))
                        ? ""
                        : ", or for the objective that its heading names")
                + "; mean (sample standard deviation) over trials");
        // Columns may come from searches of different numbers of trials.
        var trials = new TreeSet<Long>();
        cells.forEach(cell -> trials.add(cell.series().stream()
                .filter(s ->
                        s.strategy().equals(strategy) && selection(cell).of(s).isPresent())
                .map(Series::trial)
                .distinct()
                .count()));
        int updates = cells.getFirst().training().iterations();
        notes.add(String.format(
                Locale.ROOT,
                "ours: %s%d %s, levels of %,d iterations",
                trials.size() == 1 ? "" : trials.first() + " to ",
                trials.last(),
                trials.last() == 1 ? "trial" : "trials",
                updates));
        cells.stream().filter(this::atChance).findFirst().ifPresent(cell -> notes.add(AccuracyTable.chanceNote(cell)));
        if (cells.stream().anyMatch(cell -> cell.accuracy() == AttackedAccuracy.WORST_CASE)) {
            notes.add("ours: " + AccuracyTable.WORST_CASE
                    + (sources.isEmpty() ? "" : "; published: the point that the attack ends with"));
        }
        for (String source : sources) {
            published.values().stream()
                    .filter(v -> v.source().equals(source))
                    .findFirst()
                    .ifPresent(v -> notes.add(String.format(
                            Locale.ROOT,
                            "%s: published, %d trials, at iteration %,d%s",
                            source,
                            v.trials(),
                            v.iteration(),
                            v.strategy().equals(strategy) ? "" : ", there called " + v.strategy())));
        }
        if (sources.isEmpty()) {
            notes.add("no published values of this data set and strategy are at hand");
        }
        notes.add(NONE + " not part of the experiments shown");
        return notes;
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public List<Named> ofReport(Report report, OptionalInt iteration) {
            return all(report, iteration).entrySet().stream()
                    .map(table -> new Named(table.getKey(), table.getValue()))
                    .toList();
        }
    }
}
