package org.espalier.report.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.report.result.Published;
import org.espalier.report.verdict.BeyondAttack;
import org.espalier.report.verdict.Terms;
import org.espalier.report.verdict.TicketVerdict;
import org.junit.jupiter.api.Test;

class BesidePublishedTest {
    private static final Report REPORT = new Report(List.of(), Terms.USUAL, List.of(), Published.bundled(), List.of());

    @Test
    void thePapersTicketsStandBesideOurs() {
        assertThat(BesidePublished.sentences(REPORT, verdict("digits", "original", "pgd", true)))
                .containsExactly(
                        "Cosentino et al. 2019 publish pgd accuracies of 45.3 % for the dense network and at best"
                                + " 60.1 % with 51.3 % of the weights; theirs are no worse than the dense one down to 3.6 % (means of"
                                + " 5 trials at iteration 30,000). That attack has the same name;"
                                + " its epsilon and the objective (here pgd) may differ.");
        assertThat(BesidePublished.sentences(REPORT, verdict("digits", "as-published", "fgsm", true)))
                .containsExactly(
                        "Cosentino et al. 2019 publish fgsm accuracies of 94.3 % for the dense network and at best"
                                + " 97.5 % with 16.9 % of the weights; theirs are no worse than the dense one down to 3.6 % (means of"
                                + " 5 trials at iteration 30,000). That attack has the same name;"
                                + " its epsilon and the objective (here fgsm) may differ.");
    }

    @Test
    void thatNothingIsPublishedIsSaidOfTheTicketsOnly() {
        assertThat(BesidePublished.sentences(REPORT, verdict("cifar10", "original", "pgd", true)))
                .containsExactly(
                        "No published accuracies of cifar10 under pgd are at hand (--published FILE adds some).");
        assertThat(BesidePublished.sentences(REPORT, verdict("cifar10", "random", "pgd", true)))
                .isEmpty();
        assertThat(BesidePublished.sentences(REPORT, verdict("digits", "original", "pgd", false)))
                .isEmpty();
    }

    private static TicketVerdict verdict(String dataset, String strategy, String attack, boolean trainedAgainst) {
        return new TicketVerdict(
                "run",
                dataset,
                attack,
                strategy,
                attack,
                trainedAgainst,
                Optional.empty(),
                Terms.USUAL,
                3,
                true,
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                BeyondAttack.NONE);
    }
}
