package org.espalier.report.reproduction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.lab.reproduce.PaperGrid;
import org.espalier.report.result.Cell;
import org.espalier.report.statistics.Paired;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final List<Double> ABOVE = List.of(5.0, 5.2, 4.9);
    private static final List<Double> BELOW = List.of(-5.0, -5.2, -4.9);
    private static final List<Double> UNCLEAR = List.of(0.5, -0.4, 0.1);

    private static Judgement.Outcome outcome(Claim claim, List<String> missing, List<List<Double>> differences) {
        List<ClaimTest.Raw> raw = differences.stream()
                .map(d -> new ClaimTest.Raw("51.3 %", 0.513, new Paired(d)))
                .toList();
        return new Judgement(claim, run(), "pgd", "last iteration", ClaimTest.of(raw), missing).outcome();
    }

    @SafeVarargs
    private static Judgement.Outcome outcome(Claim claim, List<Double>... differences) {
        return outcome(claim, List.of(), Arrays.asList(differences));
    }

    /** Judgements read nothing of it. */
    private static PaperRun run() {
        var cell = new Cell(
                "digits",
                "pgd",
                new Cell.Training(java.util.Optional.of("pgd"), java.util.Optional.empty(), 1),
                java.util.Optional.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of("pgd"),
                java.util.Optional.empty(),
                1,
                List.of(1.0),
                OptionalInt.of(10),
                List.of());
        return new PaperRun(PaperGrid.parts().getFirst(), null, cell);
    }

    @Test
    void aClaimAboutAllDensitiesNeedsAll() {
        assertThat(outcome(Claim.ROBUST_TICKETS, ABOVE, ABOVE)).isEqualTo(Judgement.Outcome.CONFIRMED);
        assertThat(outcome(Claim.ROBUST_TICKETS, ABOVE, UNCLEAR)).isEqualTo(Judgement.Outcome.UNDECIDED);
        assertThat(outcome(Claim.ROBUST_TICKETS, ABOVE, BELOW)).isEqualTo(Judgement.Outcome.REFUTED);
    }

    @Test
    void aClaimThatSomethingCanBeNeedsOne() {
        assertThat(outcome(Claim.CONTINUED, ABOVE, BELOW)).isEqualTo(Judgement.Outcome.CONFIRMED);
        assertThat(outcome(Claim.CONTINUED, UNCLEAR, BELOW)).isEqualTo(Judgement.Outcome.UNDECIDED);
        assertThat(outcome(Claim.CONTINUED, BELOW, BELOW)).isEqualTo(Judgement.Outcome.REFUTED);
    }

    @Test
    void whatIsNotMeasuredDecidesNothing() {
        assertThat(outcome(Claim.ROBUST_TICKETS, List.of("3.6 %"), List.of(ABOVE)))
                .isEqualTo(Judgement.Outcome.UNDECIDED);
        assertThat(outcome(Claim.ROBUST_TICKETS, List.of("3.6 %"), List.of(BELOW)))
                .isEqualTo(Judgement.Outcome.REFUTED);
        assertThat(outcome(Claim.CONTINUED, List.of("8.7 %"), List.of(BELOW))).isEqualTo(Judgement.Outcome.UNDECIDED);
    }

    @Test
    void oneTrialDecidesNothing() {
        assertThat(outcome(Claim.ROBUST_TICKETS, List.of(15.0))).isEqualTo(Judgement.Outcome.UNDECIDED);
    }

    @Test
    void severalComparisonsAreCorrectedForTheirNumber() {
        // One test alone would be shown at 5 %: p is 0.036.
        List<Double> barely = List.of(1.0, 2.0, 1.4, 0.1);
        assertThat(outcome(Claim.ROBUST_TICKETS, barely)).isEqualTo(Judgement.Outcome.CONFIRMED);
        assertThat(outcome(Claim.ROBUST_TICKETS, barely, barely)).isEqualTo(Judgement.Outcome.UNDECIDED);
    }
}
