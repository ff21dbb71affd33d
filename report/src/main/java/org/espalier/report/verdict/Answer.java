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
    private record Question(String run, String dataset, String objective) {}

    /**
     * An answer.
     *
     * @param subject what it is about, e.g. {@code digits, pgd training, under pgd}
     * @param sentence the answer itself
     */
    public record Said(String subject, String sentence) {}

    /**
     * Answers for networks that are trained against an attack: by the strongest evaluation, and where nothing was evaluated by
     * saying so.
     *
     * @param several whether there are several runs, so that answers have to name theirs
     */
    public static List<Said> of(List<TicketVerdict> verdicts, boolean several) {
        Map<Question, List<TicketVerdict>> questions = new LinkedHashMap<>();
        verdicts.stream()
                .filter(TicketVerdict::trainedAgainst)
                .forEach(verdict -> questions
                        .computeIfAbsent(
                                new Question(verdict.run(), verdict.dataset(), verdict.objective()),
                                _ -> new ArrayList<>())
                        .add(verdict));
        var answers = new ArrayList<Said>();
        questions.forEach((question, all) -> {
            List<TicketVerdict> evaluated =
                    all.stream().filter(v -> v.basis().isPresent()).toList();
            List<TicketVerdict> own =
                    all.stream().filter(v -> v.basis().isEmpty()).toList();
            answers.add(new Said(
                    (several ? question.run() + ": " : "") + question.dataset() + ", " + question.objective()
                            + " training",
                    evaluated.isEmpty() ? notEvaluated(own) : evaluated(evaluated, own)));
        });
        return List.copyOf(answers);
    }

    /** Accuracy under the search's own attack says how training went, and not what withstands. */
    private static String notEvaluated(List<TicketVerdict> own) {
        return "not evaluated, for no suite of attacks has been run on these networks (espalier evaluate). Under "
                + own.getFirst().attack() + " alone, the attack of training: " + sentence(own);
    }

    private static String evaluated(List<TicketVerdict> evaluated, List<TicketVerdict> own) {
        List<String> without = own.stream()
                .filter(v -> evaluated.stream().noneMatch(v::sameNetworks))
                .map(TicketVerdict::strategy)
                .toList();
        // Strategies may have been evaluated in different ways.
        Map<String, List<TicketVerdict>> ways = new LinkedHashMap<>();
        evaluated.forEach(
                v -> ways.computeIfAbsent(v.under(), _ -> new ArrayList<>()).add(v));
        return ways.entrySet().stream()
                        .map(way -> "under " + way.getKey() + ": " + sentence(way.getValue()))
                        .collect(Collectors.joining(" "))
                + (without.isEmpty() ? "" : " " + list(without, "and") + " not evaluated.")
                + alone(own);
    }

    /** What the attack of training alone would have answered, which decides nothing. */
    private static String alone(List<TicketVerdict> own) {
        if (own.isEmpty()) {
            return "";
        }
        List<String> winners = own.stream()
                .flatMap(v -> v.ticket().stream().map(ticket -> network(v, ticket)))
                .toList();
        return " Under " + own.getFirst().attack() + " alone, the attack of training: "
                + (winners.isEmpty() ? "none" : String.join(", ", winners)) + ".";
    }

    private static String sentence(List<TicketVerdict> strategies) {
        if (strategies.stream().allMatch(v -> v.trials() == 0)) {
            return strategies.getFirst().basis().isPresent()
                    ? "not evaluated, for no pruned network was evaluated beside its dense one."
                    : "not known yet, for no pruned network is finished beside its dense one.";
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
            return "no winning " + kind(strategies) + " is shown for " + list(others, "or") + " (" + trials(strategies)
                    + (tested(strategies) ? ", " + confidence(strategies) : "") + ")." + instead(strategies)
                    + beyond(strategies);
        }
        return "yes; sparsest winning " + kind(strategies) + ": "
                + winners.stream()
                        .flatMap(v -> v.ticket().stream()
                                .map(ticket -> network(v, ticket) + " ("
                                        + trials(ticket.trials(), ticket.trials(), v.planned()) + ")"))
                        .collect(Collectors.joining(", "))
                + ", at " + confidence(strategies)
                + (others.isEmpty() ? "" : "; not shown for " + list(others, "or")) + "." + beyond(strategies);
    }

    /** What survives the attack of training alone is not called robust. */
    private static String kind(List<TicketVerdict> strategies) {
        return strategies.getFirst().basis().isPresent() ? "robust ticket" : "ticket";
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
        List<Network> comparable =
                networks.stream().filter(n -> n.standing().comparable()).toList();
        if (comparable.isEmpty()
                && networks.stream()
                        .anyMatch(n -> n.standing() != Standing.CHANCE
                                && n.standing() != Standing.DIVERGED
                                && n.standing() != Standing.NOTHING_TO_KEEP)) {
            return " At every density compared, " + barred(networks) + ".";
        }
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

    /** Why no figure counts, in the words of the rules. */
    private static String barred(List<Network> networks) {
        var reasons = new ArrayList<String>();
        add(reasons, networks, Standing.REFUSED, "the rules refuse a figure");
        add(reasons, networks, Standing.UNRELIABLE, "a figure is unreliable");
        add(reasons, networks, Standing.NOT_CHECKED, "the attacks of the rules were not run");
        add(reasons, networks, Standing.NOT_EVALUATED, "a trained network is not evaluated");
        add(reasons, networks, Standing.WITHDRAWN, "another evaluation shows a loss");
        add(reasons, networks, Standing.CHANCE, "a network is no better than chance");
        add(reasons, networks, Standing.DIVERGED, "a trial has diverged");
        return list(reasons, "or");
    }

    private static void add(List<String> reasons, List<Network> networks, Standing standing, String reason) {
        if (networks.stream().anyMatch(n -> n.standing() == standing)) {
            reasons.add(reason);
        }
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
                left("suite " + attacked.suite() + " at epsilon " + Numbers.radius(attacked.epsilon()), verdicts)));
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
