package org.espalier.report.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.evaluate.rules.Verdict.PASS;
import static org.espalier.evaluate.rules.Verdict.REFUSED;
import static org.espalier.evaluate.rules.Verdict.UNRELIABLE;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.attack.Norm;
import org.espalier.report.evaluation.EvaluationFamily;
import org.espalier.report.statistics.Paired;
import org.espalier.report.statistics.Sample;
import org.espalier.report.verdict.Comparison.Standing;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final Basis BASIS = new Basis(
            new EvaluationFamily("digits", "original", "standard", "final", Norm.LINF, "test", 1000, 1, "method"), 0.3);

    private static final String UNDER = "under suite standard, l-infinity 0.3: ";

    private static final String WITHIN = " is shown to be as accurate as the dense network to within 0.5 points";

    @Test
    void aTicketIsAnsweredWithItsDensityItsTrialsAndWhatTheConfidenceIsOf() {
        assertThat(Answer.of(
                        List.of(
                                verdict(
                                        "original",
                                        comparison(1, 0.5, Standing.WINS),
                                        comparison(2, 0.25, Standing.WINS)),
                                verdict("random", comparison(1, 0.5, Standing.WORSE))),
                        false))
                .containsExactly(new Answer.Said(
                        "digits, pgd training",
                        UNDER
                                + "yes; sparsest winning robust ticket: original with 25.0 % of the weights (3 trials), at 95 %"
                                + " confidence for each strategy by itself; not shown for random."));
    }

    /** Sparser levels are finished in fewer trials than the level that is finished in most. */
    @Test
    void trialsAreThoseOfTheTicket() {
        Comparison sparser = comparison(2, 0.25, Standing.WINS, new Paired(List.of(0.01, 0.02)), 0);
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.WINS), sparser)))
                .isEqualTo(
                        "yes; sparsest winning robust ticket: original with 25.0 % of the weights (2 of 3 trials), at 95 %"
                                + " confidence.");
    }

    @Test
    void whereNoneIsShownTheMeansAreToldApart() {
        assertThat(Answer.of(
                        List.of(
                                verdict("original", comparison(1, 0.5, Standing.OPEN)),
                                verdict("random", comparison(2, 0.25, Standing.OPEN)),
                                verdict("continued", comparison(1, 0.5, Standing.WORSE))),
                        true))
                .containsExactly(new Answer.Said(
                        "run: digits, pgd training",
                        UNDER
                                + "no winning robust ticket is shown for original, random or continued (3 trials, 95 % confidence for"
                                + " each strategy by itself). By mean accuracies alone, random with 25.0 % of the weights would"
                                + " be one."));
    }

    @Test
    void aNetworkThatIsAsAccurateAndStopsLaterIsNoTicketByItsMeans() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.OPEN, 100))))
                .isEqualTo(
                        "no winning robust ticket is shown for original (3 trials, 95 % confidence). By mean accuracies"
                                + " alone, original with 50.0 % of the weights is as accurate as the dense network to within 0.5"
                                + " points, but stops later.");
    }

    @Test
    void whatIsShownIsNotCalledMeansAloneWhereOnlyTheStopIsLater() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.LATER, 100))))
                .endsWith("confidence). original with 50.0 % of the weights" + WITHIN + ", but stops later.");
        assertThat(said(verdict(
                        "original", comparison(1, 0.5, Standing.LATER, 100), comparison(2, 0.25, Standing.OPEN))))
                .endsWith(WITHIN
                        + ", but stops later. By mean accuracies alone, original with 25.0 % of the weights would be"
                        + " one.");
    }

    @Test
    void nothingWouldBeATicketWhereNoStopIsMeasured() {
        String untimed = " When networks could stop is not measured, and without that none is called a ticket.";
        assertThat(said(verdict(false, "original", comparison(1, 0.5, Standing.UNTIMED))))
                .endsWith("original with 50.0 % of the weights" + WITHIN + "." + untimed);
        assertThat(said(verdict(false, "original", comparison(1, 0.5, Standing.OPEN))))
                .endsWith(
                        "By mean accuracies alone, original with 50.0 % of the weights is as accurate as the dense network to"
                                + " within 0.5 points." + untimed)
                .doesNotContain("would be one");
        assertThat(said(verdict(false, "original", comparison(1, 0.5, Standing.WORSE))))
                .endsWith("None is as accurate as the dense network to within 0.5 points by its mean accuracies either."
                        + untimed);
    }

    @Test
    void nothingIsClaimedOfNetworksThatDiverged() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.DIVERGED))))
                .endsWith(" At every density compared, or at a denser one, a trial has diverged, so none is tested.");
        assertThat(said(verdict(
                        "original", comparison(1, 0.5, Standing.WORSE), comparison(2, 0.25, Standing.DIVERGED))))
                .endsWith(
                        " Where no trial diverged, none is as accurate as the dense network to within 0.5 points by its mean"
                                + " accuracies either.");
    }

    @Test
    void fewTrialsAreSaidToBeFew() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.OPEN, new Paired(List.of(0.01)), 0))))
                .isEqualTo(
                        "no winning robust ticket is shown for original (1 of 3 trials). One trial gives no test. By mean"
                                + " accuracies alone, original with 50.0 % of the weights would be one.");
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.OPEN, new Paired(List.of(0.01, 0.02)), 0))))
                .isEqualTo(
                        "no winning robust ticket is shown for original (2 of 3 trials, 95 % confidence). Two trials are few,"
                                + " and tests of them weak. By mean accuracies alone, original with 50.0 % of the weights would be"
                                + " one.");
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.OPEN, new Paired(List.of(0.01, 0.01)), 0))))
                .contains(
                        "(2 of 3 trials). All trials differ from their dense networks by the same amounts: without a spread"
                                + " there is no test.");
    }

    @Test
    void nothingIsClaimedWithoutMeansOrTrials() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.WORSE))))
                .isEqualTo(
                        "no winning robust ticket is shown for original (3 trials, 95 % confidence). None is as accurate as"
                                + " the dense network to within 0.5 points by its mean accuracies either.");
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.NOTHING_TO_KEEP))))
                .isEqualTo(
                        "no (3 trials): under the attack the dense network is no better than guessing, so there is no"
                                + " robustness that a ticket could keep.");
        assertThat(said(verdict("original")))
                .isEqualTo("not evaluated, for no pruned network was evaluated beside its dense one.");
    }

    /** Trials of one strategy may be finished before another's, and their dense networks may differ. */
    @Test
    void aTicketIsOneWhereAnotherStrategyHasNothingToKeep() {
        assertThat(said(
                        verdict("original", comparison(1, 0.5, Standing.WINS)),
                        verdict("random", comparison(1, 0.5, Standing.NOTHING_TO_KEEP))))
                .startsWith("yes; sparsest winning robust ticket: original with 50.0 %");
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.NOTHING_TO_KEEP)), verdict("random")))
                .startsWith("no (0 to 3 of 3 trials): under the attack");
    }

    @Test
    void withoutAnEvaluationNothingIsCalledRobust() {
        assertThat(Answer.of(
                        List.of(verdict(Optional.empty(), true, "original", comparison(1, 0.5, Standing.WINS))), false))
                .containsExactly(new Answer.Said(
                        "digits, pgd training",
                        "not evaluated, for no suite of attacks has been run on these networks (espalier evaluate). Under"
                                + " pgd alone, the attack of training: yes; sparsest winning ticket: original with 50.0 %"
                                + " of the weights (3 trials), at 95 % confidence."));
    }

    @Test
    void theEvaluationDecidesAndTheAttackOfTrainingStandsBesideIt() {
        TicketVerdict own = verdict(Optional.empty(), true, "original", comparison(2, 0.25, Standing.WINS));
        TicketVerdict random = verdict(Optional.empty(), true, "random", comparison(2, 0.25, Standing.WORSE));
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.WORSE)), own, random))
                .isEqualTo(
                        "no winning robust ticket is shown for original (3 trials, 95 % confidence). None is as accurate"
                                + " as the dense network to within 0.5 points by its mean accuracies either. random not evaluated."
                                + " Under pgd alone, the attack of training: original with 25.0 % of the weights.");
    }

    @Test
    void figuresThatDoNotCountAreGivenAsTheReason() {
        assertThat(said(verdict(
                        "original",
                        comparison(1, 0.5, Standing.UNRELIABLE),
                        comparison(2, 0.25, Standing.REFUSED),
                        comparison(3, 0.1, Standing.NOT_EVALUATED, new Paired(List.of()), 0))))
                .endsWith(" At every density compared, the rules refuse a figure, a figure is unreliable or a trained"
                        + " network is not evaluated.");
    }

    @Test
    void whatASuiteLeavesAtBestIsSaidBesideIt() {
        assertThat(said(left("original", "fast", 0.017, PASS), left("random", "fast", 0.083, UNRELIABLE)))
                .endsWith(" At best 1.7 % of the images (original) are right under all of suite fast at epsilon 0.3."
                        + " The figures of random under suite fast at epsilon 0.3 are unreliable and do not count.");
    }

    @Test
    void theLowestKnownFigureDecidesWhichIsBest() {
        TicketVerdict weak = known(verdict("original", comparison(1, 0.5, Standing.WORSE)), 0.9, 0.1, 0);
        TicketVerdict strong = known(verdict("random", comparison(1, 0.5, Standing.WORSE)), 0.5, 0.4, 0.2);
        assertThat(said(weak, strong))
                .endsWith(
                        " At best 40.0 % of the images (random) are right under all of suite weak at epsilon 0.3 and all"
                                + " else that is known (the suite alone says 50.0 %); 20.0 % are certified.");
    }

    @Test
    void networksAtChanceAreNoTickets() {
        assertThat(said(verdict("original", comparison(1, 0.5, Standing.CHANCE), comparison(2, 0.25, Standing.CHANCE))))
                .isEqualTo(
                        "no (3 trials): at every density compared, a network is no better than one that always names the"
                                + " most frequent class (10.0 %).");
        assertThat(said(verdict(
                        "original", comparison(1, 0.5, Standing.CHANCE), comparison(2, 0.25, Standing.DIVERGED))))
                .contains("no winning robust ticket is shown")
                .contains("no better than chance, or a trial has diverged")
                .doesNotContain("would be one");
    }

    @Test
    void aFigureThatIsRefusedIsNobodysBest() {
        assertThat(said(left("original", "fast", 0.017, PASS), left("random", "fast", 0.983, REFUSED)))
                .endsWith(
                        " At best 1.7 % of the images (original) are right under all of suite fast at epsilon 0.3. The rules"
                                + " refuse the figures of random under suite fast at epsilon 0.3.");
        assertThat(said(left("original", "fast", 0.977, REFUSED), left("random", "fast", 0.983, REFUSED)))
                .endsWith(" The rules refuse the figures of original and random under suite fast at epsilon 0.3.")
                .doesNotContain("At best");
    }

    @Test
    void eachSuiteIsSaidByItself() {
        assertThat(said(left("original", "fast", 0.017, PASS), left("random", "standard", 0.008, PASS)))
                .endsWith(
                        " At best 1.7 % of the images (original) are right under all of suite fast at epsilon 0.3. At best"
                                + " 0.8 % of the images (random) are right under all of suite standard at epsilon 0.3.");
    }

    private static String said(TicketVerdict... strategies) {
        String sentence = Answer.of(List.of(strategies), false).getFirst().sentence();
        assertThat(sentence).startsWith(UNDER);
        return sentence.substring(UNDER.length());
    }

    private static TicketVerdict left(
            String strategy, String suite, double share, org.espalier.evaluate.rules.Verdict mark) {
        return verdict(strategy, comparison(1, 0.5, Standing.WORSE))
                .with(new BeyondAttack(
                        1,
                        Optional.of(new BeyondAttack.Suite(
                                suite,
                                0.3,
                                Sample.of(List.of(share)),
                                Sample.of(List.of(share)),
                                Sample.of(List.of(0.0)),
                                mark)),
                        Optional.empty(),
                        List.of()));
    }

    private static TicketVerdict known(TicketVerdict verdict, double suite, double known, double certified) {
        return verdict.with(new BeyondAttack(
                1,
                Optional.of(new BeyondAttack.Suite(
                        "weak",
                        0.3,
                        Sample.of(List.of(suite)),
                        Sample.of(List.of(known)),
                        Sample.of(List.of(certified)),
                        PASS)),
                Optional.empty(),
                List.of()));
    }

    private static Comparison comparison(int level, double density, Standing standing) {
        return comparison(level, density, standing, 0);
    }

    private static Comparison comparison(int level, double density, Standing standing, double later) {
        double change = standing == Standing.WORSE ? -0.1 : 0.01;
        return comparison(level, density, standing, new Paired(List.of(change, change + 0.01, change + 0.02)), later);
    }

    private static Comparison comparison(
            int level, double density, Standing standing, Paired differences, double later) {
        boolean tested = differences.notWorse(0.005).isPresent() && standing != Standing.DIVERGED;
        return new Comparison(
                level,
                density,
                differences,
                differences,
                new Paired(Collections.nCopies(differences.count(), later)),
                tested ? OptionalDouble.of(0.2) : OptionalDouble.empty(),
                tested ? OptionalDouble.of(0.4) : OptionalDouble.empty(),
                standing);
    }

    private static TicketVerdict verdict(String strategy, Comparison... comparisons) {
        return verdict(true, strategy, comparisons);
    }

    private static TicketVerdict verdict(boolean stopped, String strategy, Comparison... comparisons) {
        return verdict(Optional.of(BASIS), stopped, strategy, comparisons);
    }

    /** On the attack of training, or on an evaluation. */
    private static TicketVerdict verdict(
            Optional<Basis> basis, boolean stopped, String strategy, Comparison... comparisons) {
        Optional<Comparison> ticket = List.of(comparisons).stream()
                .filter(c -> c.standing() == Standing.WINS)
                .reduce((_, last) -> last);
        return new TicketVerdict(
                "run",
                "digits",
                "pgd",
                strategy,
                "pgd",
                true,
                basis,
                Terms.USUAL,
                3,
                stopped,
                OptionalDouble.of(0.1),
                Optional.empty(),
                Optional.empty(),
                List.of(comparisons),
                ticket,
                List.of(),
                List.of(),
                BeyondAttack.NONE);
    }
}
