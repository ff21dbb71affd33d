package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Answers in one sentence for each data set and objective whether there is a winning robust ticket. */
public final class Answer {
    private Answer() {}

    /** What one answer is about. */
    private record Question(String run, String dataset, String objective, String attack) {}

    /**
     * An answer.
     *
     * @param subject what it is about, e.g. {@code digits, pgd training, under pgd}
     * @param sentence the answer itself
     */
    public record Said(String subject, String sentence) {}

    /**
     * Answers to verdicts on the attack that was trained against.
     *
     * @param several whether there are several runs, so that answers have to name theirs
     */
    public static List<Said> of(List<Verdict> verdicts, boolean several) {
        Map<Question, List<Verdict>> questions = new LinkedHashMap<>();
        verdicts.stream()
                .filter(Verdict::trainedAgainst)
                .forEach(verdict -> questions
                        .computeIfAbsent(
                                new Question(verdict.run(), verdict.dataset(), verdict.objective(), verdict.attack()),
                                _ -> new ArrayList<>())
                        .add(verdict));
        var answers = new ArrayList<Said>();
        questions.forEach((question, strategies) -> answers.add(new Said(
                (several ? question.run() + ": " : "") + question.dataset() + ", " + question.objective()
                        + " training, under " + question.attack(),
                sentence(strategies))));
        return List.copyOf(answers);
    }

    private static String sentence(List<Verdict> strategies) {
        List<Verdict> winners =
                strategies.stream().filter(v -> v.ticket().isPresent()).toList();
        List<String> others = strategies.stream()
                .filter(v -> v.ticket().isEmpty())
                .map(Verdict::strategy)
                .toList();
        OptionalInt trials = strategies.stream().mapToInt(Verdict::trials).max();
        if (trials.orElse(0) == 0) {
            return "not known yet, for no pruned network is finished beside its dense one.";
        }
        if (strategies.stream()
                .flatMap(v -> v.comparisons().stream())
                .anyMatch(c -> c.standing() == Comparison.Standing.NOTHING_TO_KEEP)) {
            return "no: under the attack the dense network is no better than guessing, so there is no robustness that a ticket"
                    + " could keep.";
        }
        String by = " (" + count(trials.getAsInt()) + ", "
                + Words.number(strategies.getFirst().terms().confidence() * 100) + " % confidence)";
        if (winners.isEmpty()) {
            return "no winning robust ticket is shown" + by + " for " + either(others) + "." + byMeans(strategies)
                    + beyond(strategies);
        }
        return "yes; sparsest winning robust ticket: "
                + winners.stream()
                        .map(v -> v.strategy() + " with "
                                + Words.density(v.ticket().orElseThrow().density()) + " of the weights")
                        .collect(Collectors.joining(", "))
                + by + (others.isEmpty() ? "" : "; not shown for " + either(others)) + "." + beyond(strategies);
    }

    /** The sparsest network that would win if its means were exact; failing that, one that is as accurate and stops later. */
    private static String byMeans(List<Verdict> strategies) {
        Optional<String> wins = sparsest(
                strategies, (verdict, c) -> c.winsByMeans(verdict.terms().margin()));
        Optional<String> accurate = sparsest(
                strategies,
                (verdict, c) -> c.natural().mean() >= -verdict.terms().margin()
                        && c.adversarial().mean() >= -verdict.terms().margin());
        return wins.map(who -> " By mean accuracies alone, " + who + " would be one.")
                .or(() -> accurate.map(who ->
                        " By mean accuracies alone, " + who + " is as good as the dense network, but stops later."))
                .orElse(" None is as good as the dense network by its mean accuracies either.");
    }

    private static Optional<String> sparsest(List<Verdict> strategies, BiPredicate<Verdict, Comparison> which) {
        return strategies.stream()
                .flatMap(verdict -> verdict.comparisons().stream()
                        .filter(c -> c.standing() != Comparison.Standing.DIVERGED)
                        .filter(c -> which.test(verdict, c))
                        .map(c -> Map.entry(c.density(), verdict.strategy())))
                .min(Map.Entry.comparingByKey())
                .map(e -> e.getValue() + " with " + Words.density(e.getKey()) + " of the weights");
    }

    /** What a suite leaves at best of the networks that the verdicts name. */
    private static String beyond(List<Verdict> strategies) {
        List<Remains.Suite> suites =
                strategies.stream().flatMap(v -> v.remains().suite().stream()).toList();
        if (suites.isEmpty()) {
            return "";
        }
        Remains.Suite first = suites.getFirst();
        Remains.Suite best = suites.stream()
                .filter(s -> s.name().equals(first.name()) && s.epsilon() == first.epsilon())
                .max(Comparator.comparingDouble(s -> s.left().mean()))
                .orElse(first);
        return String.format(
                Locale.ROOT,
                " At best %.1f %% of the images are right under all of suite %s at epsilon %s%s.",
                100 * best.left().mean(),
                best.name(),
                Words.number(best.epsilon()),
                switch (best.mark()) {
                    case PASS, NOT_CHECKED -> "";
                    case UNRELIABLE -> ", or fewer (unreliable)";
                    case REFUSED -> ", a figure that its rules refuse";
                });
    }

    private static String either(List<String> names) {
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }

    private static String count(int trials) {
        return trials + (trials == 1 ? " trial" : " trials");
    }
}
