package org.espalier.report.reproduction;

import java.util.List;

/**
 * What our runs say of a claim.
 *
 * @param claim the claim
 * @param run the store that is judged by
 * @param evaluation the attack of training, or a suite with its ball, by which networks are compared
 * @param moment when networks are compared
 * @param tests the comparisons that could be made
 * @param missing comparisons that the claim needs and that are not measured, in words
 */
record Judgement(
        Claim claim, PaperRun run, String evaluation, String moment, List<ClaimTest> tests, List<String> missing) {
    /** How a claim stands. */
    enum Outcome {
        CONFIRMED,
        REFUTED,
        UNDECIDED
    }

    Judgement {
        tests = List.copyOf(tests);
        missing = List.copyOf(missing);
    }

    /** Confirmed or refuted only by tests at the level {@link ClaimTest#ALPHA}; a claim with missing comparisons is not confirmed. */
    Outcome outcome() {
        if (tests.isEmpty()) {
            return Outcome.UNDECIDED;
        }
        boolean holds = claim.everywhere()
                ? missing.isEmpty() && tests.stream().allMatch(ClaimTest::shownAbove)
                : tests.stream().anyMatch(ClaimTest::shownAbove);
        boolean fails = claim.everywhere()
                ? tests.stream().anyMatch(ClaimTest::shownBelow)
                : missing.isEmpty() && tests.stream().allMatch(ClaimTest::shownBelow);
        return holds ? Outcome.CONFIRMED : fails ? Outcome.REFUTED : Outcome.UNDECIDED;
    }

    /** The least and the most trials of its comparisons. */
    String trials() {
        int least = tests.stream()
                .mapToInt(test -> test.differences().count())
                .min()
                .orElse(0);
        int most = tests.stream()
                .mapToInt(test -> test.differences().count())
                .max()
                .orElse(0);
        return least == most ? Integer.toString(most) : least + " to " + most;
    }
}
