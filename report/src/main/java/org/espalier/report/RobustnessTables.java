package org.espalier.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.StoredTrial;

/**
 * What robustness evaluations left, as a matrix: trained for what and how sparse, against evaluated with what. One table for
 * each data set, strategy and way of evaluating.
 */
public final class RobustnessTables {
    private RobustnessTables() {}

    /** What the figures of one table have in common. */
    private record Way(
            String dataset,
            String strategy,
            String suite,
            String threat,
            String split,
            int images,
            long seed,
            String settings) {
        /** What tells it from most others, fit for file names. */
        String name() {
            return ("robustness-" + dataset + "-" + strategy + "-" + suite + "-" + threat + "-" + split + "-" + images)
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

    /** One trial's evaluation. */
    private record Trial(int number, StoredEvaluation evaluation) {}

    /**
     * All tables of a search by names fit for files; none if nothing was evaluated. Evaluations by other attacks, or of
     * another seed, are no further trials: they stand in tables of their own.
     */
    public static Map<String, Table> of(Report.Run run) {
        Map<String, List<StoredEvaluation>> byLevel = run.evaluations();
        Map<Way, Map<Line, List<Trial>>> ways = new LinkedHashMap<>();
        List<String> objectives = new ArrayList<>();
        for (StoredTrial trial : run.store().trials()) {
            String objective = trial.id().objective();
            if (!objectives.contains(objective)) {
                objectives.add(objective);
            }
            for (int level = 0; level < trial.levels().size(); level++) {
                for (StoredEvaluation each : byLevel.getOrDefault(trial.levels().get(level), List.of())) {
                    Way way = new Way(
                            trial.id().dataset(),
                            trial.id().strategy(),
                            each.suite() + (each.weights().equals("final") ? "" : ", " + each.weights() + " weights"),
                            each.threat().toString(),
                            each.split(),
                            each.clean().images(),
                            each.seed(),
                            each.settings());
                    ways.computeIfAbsent(way, _ -> new TreeMap<>())
                            .computeIfAbsent(
                                    new Line(objectives.indexOf(objective), objective, level), _ -> new ArrayList<>())
                            .add(new Trial(trial.id().trial(), each));
                }
            }
        }
        Map<String, Table> tables = new LinkedHashMap<>();
        ways.forEach((way, lines) -> {
            String apart = way.apart(ways.keySet()).strip();
            tables.put(way.name() + (apart.isEmpty() ? "" : "-" + apart.replace(' ', '-')), table(way, apart, lines));
        });
        return tables;
    }

    private static Table table(Way way, String apart, Map<Line, List<Trial>> lines) {
        Set<String> alone = new LinkedHashSet<>();
        lines.values()
                .forEach(trials -> trials.forEach(trial -> trial.evaluation().suiteAttacks().stream()
                        .filter(attack -> attack.alone().isPresent())
                        .forEach(attack -> alone.add(attack.name()))));
        List<String> headings = new ArrayList<>(List.of("natural", "FGSM", "PGD-40"));
        alone.stream().filter(name -> !name.equals("fgsm")).forEach(headings::add);
        headings.addAll(List.of("robust", "95 % interval", "trials"));
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Set<String> notes = new LinkedHashSet<>();
        notes.add("robust: right without attack and under every attack of the suite, image by image; ? unreliable,"
                + " ! refused by a rule. Interval: Wilson's, of one network; of several trials the widest ends");
        lines.forEach((line, trials) -> {
            keys.add(List.of(
                    line.name(),
                    Integer.toString(line.level()),
                    AccuracyTable.density(trials.getFirst().evaluation().density())));
            List<String> row = new ArrayList<>(List.of(
                    cell(trials, e -> Optional.of(e.clean().accuracy())),
                    cell(trials, e -> e.under("fgsm")),
                    cell(trials, e -> e.under("pgd"))));
            alone.stream()
                    .filter(name -> !name.equals("fgsm"))
                    .forEach(name -> row.add(cell(
                            trials,
                            e -> e.suiteAttacks().stream()
                                    .filter(attack -> attack.name().equals(name))
                                    .findFirst()
                                    .flatMap(StoredEvaluation.AttackResult::alone))));
            Verdict worst = trials.stream()
                    .map(trial -> trial.evaluation().verdict())
                    .max(Verdict::compareTo)
                    .orElse(Verdict.PASS);
            row.add(cell(trials, e -> Optional.of(e.robust().accuracy())) + EvaluationTables.mark(worst));
            row.add(interval(trials));
            row.add(Integer.toString(trials.size()));
            rows.add(row);
            trials.forEach(trial -> trial.evaluation().findings().stream()
                    .filter(finding -> finding.verdict() == finding.rule().ifBroken())
                    .forEach(finding -> notes.add(note(line, trial, finding))));
        });
        return new Table(
                way.dataset() + ", " + way.strategy() + ": accuracy in % under attack, suite " + way.suite() + ", "
                        + way.threat() + String.format(Locale.ROOT, ", first %,d ", way.images()) + way.split()
                        + " images" + (apart.isEmpty() ? "" : ", " + apart),
                new Table.Block("", List.of("trained for", "level", "P_m %"), keys),
                List.of(new Table.Block("", headings, rows)),
                List.copyOf(notes));
    }

    private static String note(Line line, Trial trial, Finding finding) {
        return line.name() + ", trial " + trial.number() + ", level " + line.level() + ": rule "
                + finding.rule().id() + " " + finding.verdict() + ": " + finding.sentence();
    }

    private static String interval(List<Trial> trials) {
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

    private static String cell(List<Trial> trials, Function<StoredEvaluation, Optional<Double>> figure) {
        List<Double> figures = new ArrayList<>();
        trials.forEach(trial -> figure.apply(trial.evaluation()).ifPresent(figures::add));
        Sample sample = Sample.of(figures);
        if (sample.count() == 0) {
            return "";
        }
        return EvaluationTables.percent(sample.mean())
                + (sample.deviation().isPresent()
                        ? " (" + EvaluationTables.percent(sample.deviation().getAsDouble()) + ")"
                        : "");
    }
}
