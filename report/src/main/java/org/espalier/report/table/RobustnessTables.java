package org.espalier.report.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.content.Report;
import org.espalier.report.evaluation.CertificateGroup;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.RuleNotes;
import org.espalier.report.evaluation.SuiteAccuracy;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.StrategyOrder;
import org.espalier.report.statistics.Sample;

/**
 * What robustness evaluations left: trained for what and how sparse, against attacked with what, the worst case last. One
 * table for each data set, strategy and way of evaluating.
 */
public final class RobustnessTables {
    private RobustnessTables() {}

    /** As they stand in the report: by data set, strategy and suite, larger radii first. */
    private static final Comparator<Way> ORDER = Comparator.comparing((Way way) -> way.dataset())
            .thenComparing(Way::strategy, StrategyOrder.natural())
            .thenComparing(Way::suite)
            .thenComparing(way -> way.threat().norm())
            .thenComparing(way -> -way.threat().epsilon())
            .thenComparing(Way::split)
            .thenComparing(Way::images)
            .thenComparing(Way::seed)
            .thenComparing(Way::settings);

    /** What the figures of one table have in common. */
    private record Way(
            String dataset,
            String strategy,
            String suite,
            ThreatModel threat,
            String split,
            int images,
            long seed,
            String settings) {
        /** What tells it from most others, fit for file names. */
        String name() {
            return ("robustness-" + dataset + "-" + strategy + "-" + suite + "-" + threat.norm() + "-"
                            + threat.epsilon() + "-" + split + "-" + images)
                    .replaceAll("[^A-Za-z0-9._-]+", "-");
        }

        /** What tells it from others of that name: the seed, else the beginning of the digest of all settings. */
        String apart(Collection<Way> all) {
            List<Way> same = all.stream()
                    .filter(other -> other.name().equals(name()) && !other.equals(this))
                    .toList();
            return (same.stream().anyMatch(other -> other.seed != seed) ? "seed " + seed : "")
                    + (same.stream().anyMatch(other -> other.seed == seed)
                            ? " settings " + settings.substring(0, 8)
                            : "");
        }
    }

    /** A line of a table. */
    private record Line(int objective, String name, int level) implements Comparable<Line> {
        @Override
        public int compareTo(Line other) {
            return objective != other.objective ? objective - other.objective : level - other.level;
        }
    }

    /** All tables of a search by names fit for files, see {@link #marked}. */
    public static Map<String, Table> of(Report.Run run) {
        Map<String, Table> tables = new LinkedHashMap<>();
        marked(run).forEach((name, marked) -> tables.put(name, marked.table()));
        return tables;
    }

    /**
     * All tables of a search by names fit for files; none if nothing was evaluated. Evaluations by other attacks, or of
     * another seed, are no further trials: they stand in tables of their own.
     */
    public static Map<String, MarkedTable> marked(Report.Run run) {
        Map<Way, Map<Line, List<Evaluated>>> ways = new LinkedHashMap<>();
        List<String> objectives = new ArrayList<>();
        for (Evaluated each : run.robustness().evaluationsShown()) {
            String objective = each.trial().objective();
            if (!objectives.contains(objective)) {
                objectives.add(objective);
            }
            StoredEvaluation e = each.evaluation();
            Way way = new Way(
                    each.trial().dataset(),
                    each.trial().strategy(),
                    e.suite() + (e.weights().equals("final") ? "" : ", " + e.weights() + " weights"),
                    e.threat(),
                    e.split(),
                    e.clean().images(),
                    e.seed(),
                    e.settings());
            ways.computeIfAbsent(way, _ -> new TreeMap<>())
                    .computeIfAbsent(
                            new Line(objectives.indexOf(objective), objective, each.level()), _ -> new ArrayList<>())
                    .add(each);
        }
        Map<String, MarkedTable> tables = new LinkedHashMap<>();
        ways.keySet().stream().sorted(ORDER).forEach(way -> {
            String apart = way.apart(ways.keySet()).strip();
            tables.put(
                    way.name() + (apart.isEmpty() ? "" : "-" + apart.replace(' ', '-')),
                    table(way, apart, ways.getOrDefault(way, Map.of())));
        });
        return tables;
    }

    private static MarkedTable table(Way way, String apart, Map<Line, List<Evaluated>> lines) {
        List<StoredEvaluation> all = lines.values().stream()
                .flatMap(List::stream)
                .map(Evaluated::evaluation)
                .toList();
        List<SuiteAccuracy> quantities = SuiteAccuracy.of(all);
        List<Table.Block> blocks = new ArrayList<>();
        for (SuiteAccuracy.Kind kind : SuiteAccuracy.Kind.values()) {
            List<SuiteAccuracy> columns =
                    quantities.stream().filter(q -> q.kind() == kind).toList();
            if (kind.compareTo(SuiteAccuracy.Kind.WORST) < 0 && !columns.isEmpty()) {
                blocks.add(new Table.Block(
                        heading(kind),
                        columns.stream().map(SuiteAccuracy::name).toList(),
                        lines.values().stream()
                                .map(trials -> columns.stream()
                                        .map(column -> cell(trials, column))
                                        .toList())
                                .toList()));
            }
        }
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> worst = new ArrayList<>();
        List<MarkedTable.Mark> marks = new ArrayList<>();
        lines.forEach((line, trials) -> {
            keys.add(List.of(
                    line.name(),
                    Integer.toString(line.level()),
                    Numbers.percent(trials.getFirst().evaluation().density())));
            Verdict verdict = RuleNotes.worst(trials);
            worst.add(List.of(
                    mean(trials, StoredEvaluation::robust) + EvaluationTables.mark(verdict),
                    interval(trials),
                    mean(trials, StoredEvaluation::lowestKnown),
                    certified(trials),
                    Integer.toString(trials.size()),
                    verdict.toString()));
            marks.add(new MarkedTable.Mark(verdict, RuleNotes.evidence(trials)));
        });
        blocks.add(new Table.Block(
                heading(SuiteAccuracy.Kind.WORST),
                List.of(
                        "robust",
                        "95 % interval",
                        SuiteAccuracy.LOWEST_KNOWN,
                        SuiteAccuracy.CERTIFIED,
                        "trials",
                        "rules"),
                worst,
                Set.of(5)));
        List<String> notes = new ArrayList<>();
        notes.add("robust: right without attack and under every attack of the suite, image by image; ? unreliable,"
                + " ! refused by a rule. Cells: mean (sample standard deviation) over trials. Interval: Wilson's, of one"
                + " network; of several trials the widest ends");
        notes.add("lowest known: right under the suite, under the rules' own attacks and doubled runs, without a"
                + " counterexample of exact verification and under other evaluations of the same network, in this ball or in"
                + " a smaller one. certified: shown to be right in the whole ball; images without a certificate do not count as"
                + " certified; " + EvaluationTables.NONE
                + " where certify was not run, [n of m] where it was run on n of m"
                + " trials");
        CertificateGroup.covered(all, way.images()).ifPresent(covered -> notes.add("certificates " + covered));
        lines.values().stream()
                .collect(Collectors.groupingBy(
                        trials -> trials.getFirst().trial().objective(), LinkedHashMap::new, Collectors.toList()))
                .forEach((objective, levels) -> {
                    List<Evaluated> shown =
                            levels.stream().flatMap(List::stream).toList();
                    notes.addAll(RuleNotes.summary(objective, shown));
                    RuleNotes.missed(objective, shown).ifPresent(notes::add);
                });
        return new MarkedTable(
                new Table(
                        way.dataset() + ", " + way.strategy() + ": accuracy in % under attack, suite " + way.suite()
                                + ", " + way.threat() + String.format(Locale.ROOT, ", first %,d ", way.images())
                                + way.split() + " " + Names.noun(way.images(), "image")
                                + (apart.isEmpty() ? "" : ", " + apart),
                        new Table.Block("", List.of("trained for", "level", "P_m %"), keys, Set.of(0)),
                        blocks,
                        notes),
                marks);
    }

    private static String heading(SuiteAccuracy.Kind kind) {
        return switch (kind) {
            case NATURAL -> "no attack";
            case ALONE -> "each attack alone";
            case AFTER -> "left by the suite so far";
            case WORST, KNOWN -> "worst case of the suite, and all that is known";
        };
    }

    private static String interval(List<Evaluated> trials) {
        double low = trials.stream()
                .mapToDouble(trial -> trial.evaluation().robust().low())
                .min()
                .orElse(0);
        double high = trials.stream()
                .mapToDouble(trial -> trial.evaluation().robust().high())
                .max()
                .orElse(1);
        return EvaluationTables.percent(low) + "-" + EvaluationTables.percent(high);
    }

    private static String mean(List<Evaluated> trials, Function<StoredEvaluation, Proportion> of) {
        return EvaluationTables.cell(Sample.of(trials.stream()
                .map(trial -> of.apply(trial.evaluation()).accuracy())
                .toList()));
    }

    /** Over the trials that were certified, with their number where it is not that of all. */
    private static String certified(List<Evaluated> trials) {
        List<Double> shares = trials.stream()
                .flatMap(trial -> trial.evaluation().certified().stream())
                .map(Proportion::accuracy)
                .toList();
        return shares.isEmpty()
                ? EvaluationTables.NONE
                : EvaluationTables.cell(Sample.of(shares))
                        + (shares.size() < trials.size() ? " [" + shares.size() + " of " + trials.size() + "]" : "");
    }

    private static String cell(List<Evaluated> trials, SuiteAccuracy quantity) {
        Sample sample = Sample.of(trials.stream()
                .flatMap(trial -> quantity.of().apply(trial.evaluation()).stream())
                .toList());
        return EvaluationTables.cell(sample);
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public Section section() {
            return Section.ROBUSTNESS;
        }

        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            return marked(run).entrySet().stream()
                    .map(table -> new Named(
                            run.label() + "-" + table.getKey(),
                            table.getValue().table(),
                            table.getValue().marks()))
                    .toList();
        }
    }
}
