package org.espalier.report.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.espalier.report.notation.Numbers;
import org.espalier.report.verdict.Comparison.Standing;

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
    public static List<Said> of(List<TicketVerdict> verdicts, boolean several) {
        Map<Question, List<TicketVerdict>> questions = new LinkedHashMap<>();
        verdicts.stream()
                .filter(TicketVerdict::trainedAgainst)
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

    private static String sentence(List<TicketVerdict> strategies) {
        if (strategies.stream().allMatch(v -> v.trials() == 0)) {
            return "not known yet, for no pruned network is finished beside its dense one.";
        }
        if (strategies.stream().filter(v -> v.trials() > 0).allMatch(Answer::nothingToKeep)) {
            return "no (" + trials(strategies)
                    + "): under the attack the dense network is no better than guessing, so there is"
                    + " no robustness that a ticket could keep.";
        }
        if (strategies.stream().filter(v -> v.trials() > 0).allMatch(Answer::chance)) {
            return "no (" + trials(strategies)
                    + "): at every density compared, a network is no better than one that always"
                    + " names the most frequent class"
                    + strategies.stream()
                            .flatMapToDouble(v -> v.guessing().stream())
                            .mapToObj(share -> String.format(Locale.ROOT, " (%.1f %%)", 100 * share))
                            .findFirst()
                            .orElse("")
                    + ".";
        }
        List<TicketVerdict> winners =
                strategies.stream().filter(v -> v.ticket().isPresent()).toList();
        List<String> others = strategies.stream()
                .filter(v -> v.ticket().isEmpty())
                .map(TicketVerdict::strategy)
                .toList();
        if (winners.isEmpty()) {
            return "no winning robust ticket is shown for " + list(others, "or") + " (" + trials(strategies)
                    + (tested(strategies) ? ", " + confidence(strategies) : "") + ")." + instead(strategies)
                    + beyond(strategies);
        }
        return "yes; sparsest winning robust ticket: "
                + winners.stream()
                        .flatMap(v -> v.ticket().stream()
                                .map(ticket -> network(v, ticket) + " ("
                                        + trials(ticket.trials(), ticket.trials(), v.planned()) + ")"))
                        .collect(Collectors.joining(", "))
                + ", at " + confidence(strategies)
                + (others.isEmpty() ? "" : "; not shown for " + list(others, "or")) + "." + beyond(strategies);
    }

    private static boolean nothingToKeep(TicketVerdict verdict) {
        return verdict.comparisons().stream().anyMatch(c -> c.standing() == Standing.NOTHING_TO_KEEP);
    }

    private static boolean chance(TicketVerdict verdict) {
        return !verdict.comparisons().isEmpty()
                && verdict.comparisons().stream().allMatch(c -> c.standing() == Standing.CHANCE);
    }

    private static boolean tested(List<TicketVerdict> strategies) {
        return strategies.stream().flatMap(v -> v.comparisons().stream()).anyMatch(c -> c.p().isPresent());
    }

    /** Each strategy's densities are corrected for each other, but strategies are not. */
    private static String confidence(List<TicketVerdict> strategies) {
        return Numbers.plain(strategies.getFirst().terms().confidence() * 100) + " % confidence"
                + (strategies.size() > 1 ? " for each strategy by itself" : "");
    }

    /** What can be said of networks where none is shown to win. */
    private static String instead(List<TicketVerdict> strategies) {
        Terms terms = strategies.getFirst().terms();
        String within = " as accurate as the dense network to within " + terms.points();
        List<Network> networks = strategies.stream()
                .flatMap(v -> v.comparisons().stream().map(c -> new Network(v, c)))
                .toList();
        List<Network> comparable = networks.stream()
                .filter(n -> n.standing() != Standing.DIVERGED
                        && n.standing() != Standing.NOTHING_TO_KEEP
                        && n.standing() != Standing.CHANCE)
                .toList();
        if (comparable.isEmpty()) {
            return networks.stream().anyMatch(n -> n.standing() == Standing.CHANCE)
                    ? " At every density compared, a network is no better than chance, or a trial has diverged."
                    : " At every density compared, or at a denser one, a trial has diverged, so none is tested.";
        }
        boolean timed = strategies.getFirst().stopped();
        Optional<String> accurate = sparsest(
                comparable,
                n -> n.comparison().natural().mean() >= -terms.margin()
                        && n.comparison().adversarial().mean() >= -terms.margin());
        if (!timed) {
            return sparsest(comparable, n -> n.standing() == Standing.UNTIMED)
                            .map(who -> " " + who + " is shown to be" + within + ".")
                            .or(() -> accurate.map(who ->
                                    fewTrials(strategies) + " By mean accuracies alone, " + who + " is" + within + "."))
                            .orElseGet(() -> fewTrials(strategies) + none(networks, within))
                    + " When networks could stop is not measured, and without that none is called a ticket.";
        }
        Optional<String> later = sparsest(comparable, n -> n.standing() == Standing.LATER)
                .map(who -> " " + who + " is shown to be" + within + ", but stops later.");
        Optional<String> wins = sparsest(comparable, n -> n.comparison().winsByMeans(terms.margin()))
                .map(who -> " By mean accuracies alone, " + who + " would be one.");
        if (later.isPresent()) {
            return later.get() + wins.orElse("");
        }
        return fewTrials(strategies)
                + wins.or(() -> accurate.map(
                                who -> " By mean accuracies alone, " + who + " is" + within + ", but stops later."))
                        .orElseGet(() -> none(networks, within));
    }

    private static String none(List<Network> networks, String within) {
        return (networks.stream().anyMatch(n -> n.standing() == Standing.DIVERGED)
                        ? " Where no trial diverged, none is"
                        : " None is")
                + within + " by its mean accuracies either.";
    }

    /** Why there is no test, or a weak one. */
    private static String fewTrials(List<TicketVerdict> strategies) {
        int most = strategies.stream().mapToInt(TicketVerdict::trials).max().orElse(0);
        if (most == 1) {
            return " One trial gives no test.";
        }
        if (!tested(strategies)) {
            return " All trials differ from their dense networks by the same amounts: without a spread there is no test.";
        }
        return most == 2 ? " Two trials are few, and tests of them weak." : "";
    }

    /** A pruned network beside its dense one. */
    private record Network(TicketVerdict verdict, Comparison comparison) {
        Standing standing() {
            return comparison.standing();
        }
    }

    private static Optional<String> sparsest(List<Network> networks, Predicate<Network> which) {
        return networks.stream()
                .filter(which)
                .min(Comparator.comparingDouble(n -> n.comparison().density()))
                .map(n -> network(n.verdict(), n.comparison()));
    }

    private static String network(TicketVerdict verdict, Comparison comparison) {
        return verdict.strategy() + " with " + Numbers.density(comparison.density()) + " of the weights";
    }

    /** What suites leave at best of the networks that the verdicts name, a sentence for each suite and epsilon. */
    private static String beyond(List<TicketVerdict> strategies) {
        record Attacked(String suite, double epsilon) {}

        Map<Attacked, List<TicketVerdict>> bySuite = new LinkedHashMap<>();
        strategies.forEach(verdict -> verdict.beyondAttack()
                .suite()
                .ifPresent(suite -> bySuite.computeIfAbsent(
                                new Attacked(suite.name(), suite.epsilon()), _ -> new ArrayList<>())
                        .add(verdict)));
        var text = new StringBuilder();
        bySuite.forEach((attacked, verdicts) -> text.append(
                left("suite " + attacked.suite() + " at epsilon " + Numbers.plain(attacked.epsilon()), verdicts)));
        return text.toString();
    }

    /** The best of the lowest known accuracies under one suite. Refused and unreliable figures are never the best. */
    private static String left(String suite, List<TicketVerdict> verdicts) {
        record Figure(String strategy, BeyondAttack.Suite suite) {
            boolean is(org.espalier.evaluate.rules.Verdict mark) {
                return suite.mark() == mark;
            }
        }

        List<Figure> figures = verdicts.stream()
                .flatMap(v -> v.beyondAttack().suite().stream().map(s -> new Figure(v.strategy(), s)))
                .toList();
        List<String> refused = figures.stream()
                .filter(figure -> figure.is(org.espalier.evaluate.rules.Verdict.REFUSED))
                .map(Figure::strategy)
                .toList();
        List<String> unreliable = figures.stream()
                .filter(figure -> figure.is(org.espalier.evaluate.rules.Verdict.UNRELIABLE))
                .map(Figure::strategy)
                .toList();
        return figures.stream()
                        .filter(figure -> figure.suite().counts())
                        .max(Comparator.comparingDouble(
                                figure -> figure.suite().known().mean()))
                        .map(best -> String.format(
                                        Locale.ROOT,
                                        " At best %.1f %% of the images (%s) are right under all of %s",
                                        100 * best.suite().known().mean(),
                                        best.strategy(),
                                        suite)
                                + restsOn(best.suite()) + ".")
                        .orElse("")
                + (refused.isEmpty()
                        ? ""
                        : " The rules refuse the figures of " + list(refused, "and") + " under " + suite + ".")
                + (unreliable.isEmpty()
                        ? ""
                        : " The figures of " + list(unreliable, "and") + " under " + suite
                                + " are unreliable and do not count.");
    }

    /** What else than the suite makes a figure as low as it is, and what is certified beside it. */
    private static String restsOn(BeyondAttack.Suite suite) {
        return (suite.known().mean() < suite.accuracy().mean()
                        ? String.format(
                                Locale.ROOT,
                                " and all else that is known (the suite alone says %.1f %%)",
                                100 * suite.accuracy().mean())
                        : "")
                + (suite.certified().mean() > 0
                        ? String.format(
                                Locale.ROOT,
                                "; %.1f %% are certified",
                                100 * suite.certified().mean())
                        : "")
                + (suite.mark() == org.espalier.evaluate.rules.Verdict.NOT_CHECKED
                        ? "; not all rules are checked"
                        : "");
    }

    private static String list(List<String> names, String last) {
        return names.size() < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, names.size() - 1)) + " " + last + " " + names.getLast();
    }

    /** In how many trials strategies were compared, of how many if more are planned. */
    private static String trials(List<TicketVerdict> strategies) {
        IntSummaryStatistics trials =
                strategies.stream().mapToInt(TicketVerdict::trials).summaryStatistics();
        return trials(
                trials.getMin(),
                trials.getMax(),
                strategies.stream().mapToInt(TicketVerdict::planned).max().orElse(0));
    }

    private static String trials(int least, int most, int planned) {
        return (least < most ? least + " to " + most : "" + most)
                + (least < planned ? " of " + planned + " trials" : most == 1 ? " trial" : " trials");
    }
}
