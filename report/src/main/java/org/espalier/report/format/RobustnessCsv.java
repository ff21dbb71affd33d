package org.espalier.report.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.evaluate.rules.Finding;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.TrialId;
import org.espalier.report.evaluation.AttackLosses;
import org.espalier.report.evaluation.Certified;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.notation.Numbers;

/**
 * What robustness evaluations and certificates measured, as tidy tables beside {@link ResultsCsv}: their rows have other keys
 * than measurements in training. Sorted and written as {@link ResultsCsv} is, so that equal stores give equal bytes.
 */
public final class RobustnessCsv {
    private static final List<String> CHAIN = List.of("dataset", "objective", "strategy", "trial", "level", "density");

    private static final List<String> EVALUATION =
            List.of("weights", "suite", "norm", "epsilon", "split", "images", "seed", "evaluation");

    /** Columns of {@code robustness.csv}: a row for each attack, one for no attack and one for the worst case. */
    public static final List<String> ATTACKS = Stream.of(
                    CHAIN.stream(),
                    EVALUATION.stream(),
                    Stream.of(
                            "attack", "purpose", "radius", "saw", "broke", "alone", "after", "low", "high", "verdict",
                            "rules"))
            .flatMap(columns -> columns)
            .toList();

    /** Columns of {@code robustness-curves.csv}: a row for each point. */
    public static final List<String> CURVES = Stream.of(
                    CHAIN.stream(), EVALUATION.stream(), Stream.of("attack", "curve", "at", "value"))
            .flatMap(columns -> columns)
            .toList();

    /** Columns of {@code certificates.csv}: a row for each certificate. */
    public static final List<String> CERTIFICATES = Stream.of(
                    CHAIN.stream(),
                    Stream.of(
                            "weights",
                            "method",
                            "norm",
                            "epsilon",
                            "split",
                            "images",
                            "node-limit",
                            "second-limit",
                            "natural",
                            "attacked",
                            "unbroken",
                            "certified",
                            "undecided",
                            "seconds",
                            "nodes",
                            "certificate"))
            .flatMap(columns -> columns)
            .toList();

    private static final Comparator<TrialId> ORDER = Comparator.comparing(TrialId::dataset)
            .thenComparing(TrialId::objective)
            .thenComparing(TrialId::strategy)
            .thenComparingInt(TrialId::trial);

    private RobustnessCsv() {}

    private static List<Evaluated> sorted(Robustness robustness) {
        return robustness.evaluations().stream()
                .sorted(Comparator.comparing(Evaluated::trial, ORDER)
                        .thenComparingInt(Evaluated::level)
                        .thenComparing(e -> e.evaluation().id()))
                .toList();
    }

    /** Writes {@code robustness.csv}. */
    public static void attacks(Robustness robustness, Appendable text) throws IOException {
        row(text, ATTACKS);
        for (Evaluated each : sorted(robustness)) {
            StoredEvaluation e = each.evaluation();
            List<Object> key = key(each);
            attack(text, key, "none", "natural", each.epsilon(), natural(e.clean()));
            for (StoredEvaluation.AttackResult attack : e.attacks()) {
                attack(
                        text,
                        key,
                        attack.name(),
                        attack.purpose(),
                        Evaluated.plain(attack.threat().epsilon()),
                        List.of(
                                attack.saw(),
                                attack.broke(),
                                attack.alone().map(Numbers::shortestIfKnown).orElse(""),
                                attack.after().map(Numbers::shortestIfKnown).orElse(""),
                                "",
                                "",
                                "",
                                ""));
            }
            attack(text, key, "all", "worst-case", each.epsilon(), worst(e));
            attack(text, key, "all", "lowest-known", each.epsilon(), known(e.lowestKnown()));
            if (e.certified().isPresent()) {
                attack(
                        text,
                        key,
                        "all",
                        "certified",
                        each.epsilon(),
                        known(e.certified().get()));
            }
        }
    }

    private static List<Object> natural(Proportion clean) {
        return List.of(
                clean.images(),
                clean.images() - clean.correct(),
                Numbers.shortestIfKnown(clean.accuracy()),
                "",
                Numbers.shortestIfKnown(clean.low()),
                Numbers.shortestIfKnown(clean.high()),
                "",
                "");
    }

    /** An end of what all evaluations and certificates of a network say together. */
    private static List<Object> known(Proportion end) {
        return List.of(
                end.images(),
                end.images() - end.correct(),
                "",
                Numbers.shortestIfKnown(end.accuracy()),
                Numbers.shortestIfKnown(end.low()),
                Numbers.shortestIfKnown(end.high()),
                "",
                "");
    }

    private static List<Object> worst(StoredEvaluation e) {
        return List.of(
                e.robust().images(),
                e.robust().images() - e.robust().correct(),
                "",
                Numbers.shortestIfKnown(e.robust().accuracy()),
                Numbers.shortestIfKnown(e.robust().low()),
                Numbers.shortestIfKnown(e.robust().high()),
                e.verdict(),
                e.findings().stream()
                        .filter(finding -> finding.verdict() == finding.rule().ifBroken())
                        .map(RobustnessCsv::found)
                        .collect(Collectors.joining("; ")));
    }

    private static String found(Finding finding) {
        return finding.rule().id() + " " + finding.verdict() + ": " + finding.sentence();
    }

    private static void attack(
            Appendable text, List<Object> key, String name, String purpose, double radius, List<?> figures)
            throws IOException {
        var row = new ArrayList<Object>(key);
        row.addAll(List.of(name, purpose, Numbers.shortestIfKnown(radius)));
        row.addAll(figures);
        row(text, row);
    }

    /**
     * Writes {@code robustness-curves.csv}: security curves (accuracy at a distance) and losses (at an iteration, see
     * {@link AttackLosses}).
     */
    public static void curves(Robustness robustness, Appendable text) throws IOException {
        row(text, CURVES);
        for (Evaluated each : sorted(robustness)) {
            String evaluation = Csv.FORMAT.format(key(each).toArray());
            for (StoredEvaluation.AttackResult attack : each.evaluation().attacks()) {
                // A grid has a million points: what they share is put together once.
                String key = evaluation + ',' + Csv.FORMAT.format(attack.name());
                for (StoredEvaluation.CurvePoint point : attack.securityCurve()) {
                    point(text, key, "security", point.epsilon(), point.accuracy());
                }
                if (AttackLosses.shown(attack)) {
                    for (Map.Entry<Integer, Double> point :
                            AttackLosses.thinned(attack).entrySet()) {
                        point(text, key, "loss", point.getKey(), point.getValue());
                    }
                }
            }
        }
    }

    private static void point(Appendable text, String key, String curve, double at, double value) throws IOException {
        text.append(key)
                .append(',')
                .append(curve)
                .append(',')
                .append(Numbers.shortestIfKnown(at))
                .append(',')
                .append(Numbers.shortestIfKnown(value))
                .append('\n');
    }

    private static List<Object> key(Evaluated each) {
        StoredEvaluation e = each.evaluation();
        var key = chain(each.trial(), each.level(), e.density());
        key.addAll(List.of(
                e.weights(),
                e.suite(),
                e.threat().norm().name().toLowerCase(Locale.ROOT),
                Numbers.shortestIfKnown(each.epsilon()),
                e.split(),
                e.clean().images(),
                e.seed(),
                e.id()));
        return key;
    }

    private static List<Object> chain(TrialId trial, int level, double density) {
        return new ArrayList<>(List.of(
                trial.dataset(),
                trial.objective(),
                trial.strategy(),
                trial.trial(),
                level,
                Numbers.shortestIfKnown(density)));
    }

    /** Writes {@code certificates.csv}. */
    public static void certificates(Robustness robustness, Appendable text) throws IOException {
        row(text, CERTIFICATES);
        List<Certified> sorted = robustness.certificates().stream()
                .sorted(Comparator.comparing(Certified::trial, ORDER)
                        .thenComparingInt(Certified::level)
                        .thenComparing(Certified::id))
                .toList();
        for (Certified c : sorted) {
            var row = chain(c.trial(), c.level(), c.density());
            double undecided = (double) (c.unbroken().count()
                            - c.certified().and(c.unbroken()).count())
                    / c.images();
            row.addAll(List.of(
                    c.weights(),
                    c.method(),
                    c.norm().name().toLowerCase(Locale.ROOT),
                    Numbers.shortestIfKnown(c.epsilon()),
                    c.split(),
                    c.images(),
                    c.limits().nodes().isPresent() ? c.limits().nodes().getAsInt() : "",
                    c.limits().seconds().map(Numbers::shortestIfKnown).orElse(""),
                    Numbers.shortestIfKnown(c.clean().accuracy()),
                    Numbers.shortestIfKnown(c.attacked().accuracy()),
                    Numbers.shortestIfKnown(c.unbroken().accuracy()),
                    Numbers.shortestIfKnown(c.certified().accuracy()),
                    Numbers.shortestIfKnown(undecided),
                    Numbers.shortestIfKnown(c.seconds()),
                    Numbers.shortestIfKnown(c.nodes()),
                    c.id()));
            row(text, row);
        }
    }

    private static void row(Appendable text, List<?> cells) throws IOException {
        text.append(Csv.FORMAT.format(cells.toArray())).append('\n');
    }
}
