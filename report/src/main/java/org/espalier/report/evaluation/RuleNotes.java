package org.espalier.report.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;

/** What the rules of evaluation say of some networks, in sentences. */
public final class RuleNotes {
    private RuleNotes() {}

    /** The worst that any rule says of any of the evaluations. */
    public static Verdict worst(List<Evaluated> evaluations) {
        return evaluations.stream()
                .map(each -> each.evaluation().verdict())
                .max(Verdict::compareTo)
                .orElse(Verdict.PASS);
    }

    /** Names of the rules that at least one of the evaluations breaks. */
    public static List<String> broken(List<Evaluated> evaluations) {
        return evaluations.stream()
                .flatMap(each -> each.evaluation().findings().stream())
                .filter(RuleNotes::broken)
                .map(Finding::rule)
                .distinct()
                .sorted()
                .map(Rule::id)
                .toList();
    }

    private static boolean broken(Finding finding) {
        return finding.verdict() == finding.rule().ifBroken();
    }

    /** What each rule found in the trials of one level: broken ones with their figures, the others by name. */
    public static List<String> evidence(List<Evaluated> trials) {
        List<String> lines = new ArrayList<>();
        for (Evaluated trial : trials) {
            String whose = trials.size() == 1 ? "" : "trial " + trial.trial().trial() + ": ";
            trial.evaluation().findings().stream()
                    .filter(RuleNotes::broken)
                    .forEach(finding -> lines.add(
                            whose + finding.rule().id() + " (" + finding.verdict() + "): " + finding.sentence()
                                    + ". The rule: " + finding.rule().statement() + "."));
        }
        named(trials, Verdict.PASS, "kept", lines);
        named(trials, Verdict.NOT_CHECKED, "not checked", lines);
        return lines;
    }

    /** Rules that all trials ended in alike, or in which trials they did. */
    private static void named(List<Evaluated> trials, Verdict verdict, String word, List<String> lines) {
        Map<Rule, Integer> counts = new LinkedHashMap<>();
        trials.forEach(trial -> trial.evaluation().findings().stream()
                .filter(finding -> finding.verdict() == verdict)
                .forEach(finding -> counts.merge(finding.rule(), 1, Integer::sum)));
        if (!counts.isEmpty()) {
            lines.add(word + ": "
                    + counts.entrySet().stream()
                            .map(e -> e.getKey().id()
                                    + (e.getValue() == trials.size()
                                            ? ""
                                            : " (" + e.getValue() + " of " + trials.size() + " trials)"))
                            .collect(Collectors.joining(", ")));
        }
    }

    /** One note for each rule that is broken, with its first finding for an example. */
    public static List<String> summary(String objective, List<Evaluated> evaluations) {
        List<String> notes = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            var levels = new TreeSet<Integer>();
            var examples = new ArrayList<String>();
            for (Evaluated each : evaluations) {
                each.evaluation().findings().stream()
                        .filter(finding -> finding.rule() == rule && broken(finding))
                        .forEach(finding -> {
                            levels.add(each.level());
                            examples.add("level " + each.level() + ", trial "
                                    + each.trial().trial() + ": " + finding.sentence());
                        });
            }
            if (!examples.isEmpty()) {
                notes.add(objective + ": " + rule.ifBroken() + " by the rule " + rule.id() + " in " + examples.size()
                        + " of "
                        + evaluations.size() + (evaluations.size() == 1 ? " evaluation" : " evaluations") + " (level"
                        + (levels.size() == 1 ? " " : "s ") + ranges(levels) + ")"
                        + (examples.size() == 1 ? "; " : ", first ") + examples.getFirst());
            }
        }
        return notes;
    }

    /** Images that withstand the suite and that another attack or method is known to break, with the first example. */
    public static Optional<String> missed(String objective, List<Evaluated> evaluations) {
        List<Evaluated> missing = evaluations.stream()
                .filter(each -> each.evaluation().missesImages())
                .toList();
        return missing.stream()
                .findFirst()
                .map(first -> objective + ": in " + missing.size() + " of " + evaluations.size()
                        + (evaluations.size() == 1 ? " evaluation" : " evaluations")
                        + " the suite misses images that another result breaks, first level " + first.level()
                        + ", trial "
                        + first.trial().trial() + ": "
                        + first.evaluation().known().sentence());
    }

    /** Whole numbers in words, neighbours as ranges: {@code 0-3, 7}. */
    private static String ranges(TreeSet<Integer> numbers) {
        var parts = new ArrayList<String>();
        int start = -1;
        int before = -2;
        for (int number : numbers) {
            if (number != before + 1) {
                if (before >= 0) {
                    parts.add(start == before ? "" + start : start + "-" + before);
                }
                start = number;
            }
            before = number;
        }
        parts.add(start == before ? "" + start : start + "-" + before);
        return String.join(", ", parts);
    }
}
