package org.espalier.report.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.evaluate.rules.Verdict.PASS;
import static org.espalier.evaluate.rules.Verdict.UNRELIABLE;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.report.Sample;
import org.espalier.report.statistics.Paired;
import org.espalier.report.verdict.Comparison.Standing;
import org.junit.jupiter.api.Test;

class AnswerTest {
    @Test
    void aTicketIsAnsweredWithItsDensity() {
        assertThat(Answer.of(
                        List.of(
                                verdict(
                                        "original",
                                        comparison(1, 0.5, Standing.WINS),
                                        comparison(2, 0.25, Standing.WINS)),
                                verdict("random", comparison(1, 0.5, Standing.WORSE))),
                        false))
                .containsExactly(new Answer.Said(
                        "digits, pgd training, under pgd",
                        "yes; sparsest winning robust ticket: original with 25.0 % of the weights (3 trials, 95 % confidence);"
                                + " not shown for random."));
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
                        "run: digits, pgd training, under pgd",
                        "no winning robust ticket is shown (3 trials, 95 % confidence) for original, random or continued. By"
                                + " mean accuracies alone, random with 25.0 % of the weights would be one."));
    }

    @Test
    void aNetworkThatIsAsAccurateAndStopsLaterIsNoTicketByItsMeans() {
        assertThat(Answer.of(List.of(verdict("original", comparison(1, 0.5, Standing.OPEN, 100))), false))
                .extracting(Answer.Said::sentence)
                .containsExactly("no winning robust ticket is shown (3 trials, 95 % confidence) for original. By mean"
                        + " accuracies alone, original with 50.0 % of the weights is as good as the dense network, but stops"
                        + " later.");
    }

    @Test
    void nothingIsClaimedWithoutMeansOrTrials() {
        assertThat(Answer.of(List.of(verdict("original", comparison(1, 0.5, Standing.WORSE))), false))
                .extracting(Answer.Said::sentence)
                .containsExactly(
                        "no winning robust ticket is shown (3 trials, 95 % confidence) for original. None is as good"
                                + " as the dense network by its mean accuracies either.");
        assertThat(Answer.of(List.of(verdict("original", comparison(1, 0.5, Standing.NOTHING_TO_KEEP))), false))
                .extracting(Answer.Said::sentence)
                .containsExactly(
                        "no: under the attack the dense network is no better than guessing, so there is no robustness"
                                + " that a ticket could keep.");
        assertThat(Answer.of(List.of(verdict("original")), false))
                .extracting(Answer.Said::sentence)
                .containsExactly("not known yet, for no pruned network is finished beside its dense one.");
    }

    @Test
    void whatASuiteLeavesAtBestIsSaidBesideIt() {
        Verdict original =
                verdict("original", comparison(1, 0.5, Standing.WORSE)).with(left(0.017, PASS));
        Verdict random = verdict("random", comparison(1, 0.5, Standing.WORSE)).with(left(0.083, UNRELIABLE));
        assertThat(Answer.of(List.of(original, random), false))
                .extracting(Answer.Said::sentence)
                .allSatisfy(
                        s -> assertThat(s)
                                .endsWith(
                                        " At best 8.3 % of the images are right under all of suite fast at epsilon 0.3, or fewer (unreliable)."));
    }

    private static Remains left(double share, org.espalier.evaluate.rules.Verdict mark) {
        return new Remains(
                1,
                Optional.of(new Remains.Suite("fast", 0.3, Sample.of(List.of(share)), mark)),
                Optional.empty(),
                List.of());
    }

    private static Comparison comparison(int level, double density, Standing standing) {
        return comparison(level, density, standing, 0);
    }

    private static Comparison comparison(int level, double density, Standing standing, double later) {
        double change = standing == Standing.WORSE ? -0.1 : 0.01;
        Paired differences = new Paired(List.of(change, change + 0.01, change + 0.02));
        return new Comparison(
                level,
                density,
                differences,
                differences,
                new Paired(List.of(later, later, later)),
                OptionalDouble.of(0.2),
                OptionalDouble.of(0.4),
                standing);
    }

    private static Verdict verdict(String strategy, Comparison... comparisons) {
        Optional<Comparison> ticket = List.of(comparisons).stream()
                .filter(c -> c.standing() == Standing.WINS)
                .reduce((_, last) -> last);
        return new Verdict(
                "run",
                "digits",
                "pgd",
                strategy,
                "pgd",
                true,
                Terms.USUAL,
                3,
                true,
                OptionalDouble.of(0.1),
                Optional.empty(),
                Optional.empty(),
                List.of(comparisons),
                ticket,
                List.of(),
                List.of(),
                Remains.NOTHING);
    }
}
