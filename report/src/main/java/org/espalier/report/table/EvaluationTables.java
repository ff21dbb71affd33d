package org.espalier.report.table;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.evaluate.measure.Binomial;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.Distances;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.notation.Numbers;
import org.espalier.report.statistics.Sample;

/** Tables of robustness evaluations: what is left under attack, with the interval of sampling and the rules' marks. */
public final class EvaluationTables {
    /** What stands in place of a figure that was not measured. */
    static final String NONE = "-";

    private EvaluationTables() {}

    /**
     * An evaluation and whose it is.
     *
     * @param label the ticket in words
     */
    public record Row(String label, StoredEvaluation evaluation) {}

    /** One evaluation, an attack a line, and what the rules say. */
    public static Table one(Row row) {
        StoredEvaluation e = row.evaluation();
        List<List<String>> names = new ArrayList<>();
        List<List<String>> cells = new ArrayList<>();
        names.add(List.of("no attack"));
        cells.add(List.of(
                Integer.toString(e.clean().images()), "", "", percent(e.clean().accuracy())));
        for (StoredEvaluation.AttackResult attack : e.suiteAttacks()) {
            names.add(List.of(attack.name()));
            cells.add(List.of(
                    Integer.toString(attack.saw()),
                    Integer.toString(attack.broke()),
                    attack.alone().map(EvaluationTables::percent).orElse(""),
                    attack.after().map(EvaluationTables::percent).orElse("")));
        }
        return new Table(
                row.label() + ": suite " + e.suite() + ", " + e.threat() + ", first "
                        + Numbers.count(e.clean().images()) + " " + e.split() + " "
                        + Names.noun(e.clean().images(), "image") + ", seed " + e.seed(),
                new Table.Block("", List.of("attack"), names, true),
                List.of(new Table.Block("", List.of("saw", "broke", "alone %", "left %"), cells)),
                notes(e));
    }

    /** What an attacker pays for a success, in a sentence; empty where passes are not recorded or nothing was broken. */
    static Optional<String> cost(List<StoredEvaluation.AttackResult> attacks) {
        long all = 0;
        int broke = 0;
        List<String> costs = new ArrayList<>();
        for (StoredEvaluation.AttackResult attack : attacks) {
            if (attack.passes().isEmpty()) {
                return Optional.empty();
            }
            all += attack.passes().getAsLong();
            broke += attack.broke();
            attack.passesBySuccess()
                    .ifPresent(passes -> costs.add(attack.name() + " " + Numbers.count(Math.round(passes))));
        }
        return costs.isEmpty()
                ? Optional.empty()
                : Optional.of("cost of attack, in forward and backward passes of one image by broken image: "
                        + String.join(", ", costs)
                        + (attacks.size() > 1 ? "; all " + Numbers.count(Math.round((double) all / broke)) : ""));
    }

    /** Distances of nearest adversarial examples in a sentence; {@code -} where too few were found. */
    private static String distances(String attack, Distances distances) {
        return attack + ": distance median " + distance(distances.median()) + ", mean " + distance(distances.mean())
                + ", quantiles "
                + distances.quantiles().entrySet().stream()
                        .map(each -> Math.round(100 * each.getKey()) + " % " + distance(each.getValue()))
                        .collect(Collectors.joining(", "))
                + "; found for " + distances.found() + " of " + distances.images() + " images classified right";
    }

    private static String distance(double distance) {
        return Double.isFinite(distance) ? String.format(Locale.ROOT, "%.4g", distance) : "-";
    }

    private static List<String> notes(StoredEvaluation e) {
        List<String> notes = new ArrayList<>();
        notes.add(String.format(
                Locale.ROOT,
                "robust accuracy %s %% (95 %% interval %s), natural %s %%; %.1f %% of weights remaining",
                percent(e.robust().accuracy()),
                interval(e.robust()),
                percent(e.clean().accuracy()),
                100 * e.density()));
        notes.add(String.format(
                Locale.ROOT,
                "failure rate %s %%, at most %s %% with 95 %% confidence (Clopper and Pearson), for images drawn like these",
                percent(1 - e.robust().accuracy()),
                percent(Binomial.upper(
                        e.robust().images() - e.robust().correct(), e.robust().images(), 0.05))));
        cost(e.suiteAttacks()).ifPresent(notes::add);
        notes.add(e.known().sentence());
        e.suiteAttacks()
                .forEach(attack ->
                        attack.distances().ifPresent(distances -> notes.add(distances(attack.name(), distances))));
        notes.add("verdict: " + e.verdict()
                + switch (e.verdict()) {
                    case PASS, NOT_CHECKED -> "";
                    case UNRELIABLE -> ": the true figure may be lower";
                    case REFUSED -> ": this figure must not be quoted";
                });
        for (Finding finding : e.findings()) {
            notes.add(finding.rule().id() + ": " + finding.verdict() + "; " + finding.sentence());
        }
        return notes;
    }

    /** Several evaluations, a ticket a line. */
    public static Table many(List<Row> rows) {
        Set<String> attacks = new LinkedHashSet<>();
        rows.forEach(row -> row.evaluation().suiteAttacks().forEach(attack -> attacks.add(attack.name())));
        List<String> headings = new ArrayList<>(List.of("P_m %", "natural"));
        attacks.forEach(name -> headings.add("after " + name));
        headings.addAll(List.of("robust", "95 % interval", "lowest known", "certified", "verdict"));
        List<List<String>> labels = new ArrayList<>();
        List<List<String>> cells = new ArrayList<>();
        Set<String> notes = new LinkedHashSet<>();
        for (Row row : rows) {
            StoredEvaluation e = row.evaluation();
            labels.add(List.of(row.label()));
            List<String> line = new ArrayList<>(
                    List.of(Numbers.percent(e.density()), percent(e.clean().accuracy())));
            for (String name : attacks) {
                line.add(e.suiteAttacks().stream()
                        .filter(attack -> attack.name().equals(name))
                        .findFirst()
                        .flatMap(StoredEvaluation.AttackResult::after)
                        .map(EvaluationTables::percent)
                        .orElse(""));
            }
            line.addAll(List.of(
                    percent(e.robust().accuracy()),
                    interval(e.robust()),
                    percent(e.lowestKnown().accuracy()),
                    e.certified().map(share -> percent(share.accuracy())).orElse(NONE),
                    e.verdict().toString()));
            cells.add(line);
            e.findings().stream()
                    .filter(finding -> finding.verdict() == finding.rule().ifBroken())
                    .forEach(finding -> notes.add(row.label() + ": "
                            + finding.rule().id() + " " + finding.verdict() + ": " + finding.sentence()));
        }
        StoredEvaluation first = rows.getFirst().evaluation();
        return new Table(
                "suite " + first.suite() + ", " + first.threat() + ", first "
                        + Numbers.count(first.clean().images()) + " " + first.split() + " "
                        + Names.noun(first.clean().images(), "image") + ", seed " + first.seed()
                        + "; accuracies in %",
                new Table.Block("", List.of("ticket"), labels, true),
                List.of(new Table.Block("", headings, cells, Set.of(headings.size() - 1))),
                List.copyOf(notes));
    }

    /** What stands behind a figure: nothing, or a mark that the legend explains. */
    static String mark(Verdict verdict) {
        return switch (verdict) {
            case PASS, NOT_CHECKED -> "";
            case UNRELIABLE -> "?";
            case REFUSED -> "!";
        };
    }

    static String interval(Proportion proportion) {
        return percent(proportion.low()) + "-" + percent(proportion.high());
    }

    /** Mean and sample standard deviation of shares, in percent; nothing of none. */
    static String cell(Sample sample) {
        if (sample.count() == 0) {
            return "";
        }
        return percent(sample.mean())
                + (sample.deviation().isPresent()
                        ? " (" + percent(sample.deviation().getAsDouble()) + ")"
                        : "");
    }

    public static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f", 100 * fraction);
    }
}
