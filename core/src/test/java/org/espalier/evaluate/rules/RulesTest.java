package org.espalier.evaluate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each rule can be kept and broken, and says by which figures. */
class RulesTest {
    /** Of {@code inputs}, the first {@code right} are classified right. */
    private static Outcomes first(int right, int inputs) {
        boolean[] outcome = new boolean[inputs];
        for (int e = 0; e < right; e++) {
            outcome[e] = true;
        }
        return Outcomes.of(outcome);
    }

    /** Of {@code inputs}, the last {@code right} are classified right. */
    private static Outcomes last(int right, int inputs) {
        boolean[] outcome = new boolean[inputs];
        for (int e = inputs - right; e < inputs; e++) {
            outcome[e] = true;
        }
        return Outcomes.of(outcome);
    }

    private static void kept(Finding finding) {
        assertThat(finding.verdict()).as(finding.sentence()).isEqualTo(Verdict.PASS);
    }

    private static void broken(Finding finding, Verdict verdict, String... parts) {
        assertThat(finding.verdict()).as(finding.sentence()).isEqualTo(verdict);
        for (String part : parts) {
            assertThat(finding.sentence()).contains(part);
        }
    }

    @Test
    void inputsOutsideBallOrBoxAreRefused() {
        kept(Rules.inside(List.of(new Rules.Excess("pgd", 0, 0), new Rules.Excess("square", 0, 0))));
        broken(
                Rules.inside(List.of(new Rules.Excess("pgd", 0, 0), new Rules.Excess("square", 2e-6, 0))),
                Verdict.REFUSED,
                "square made inputs outside the ball by 2.0e-06");
        broken(Rules.inside(List.of(new Rules.Excess("pgd", 1e-9, 0))), Verdict.REFUSED, "pgd", "1.0e-09");
        broken(
                Rules.inside(List.of(new Rules.Excess("pgd", 0, 0.01))),
                Verdict.REFUSED,
                "pgd",
                "outside [0, 1] by 0.01");
        broken(Rules.inside(List.of(new Rules.Excess("cw", Double.NaN, 0))), Verdict.REFUSED, "cw", "not finite");
        broken(Rules.inside(List.of(new Rules.Excess("cw", 0, Double.NaN))), Verdict.REFUSED, "not finite");
        assertThat(Rules.inside(List.of()).verdict()).isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void aNetworkThatNamesOneClassIsRefused() {
        kept(Rules.oneClass(new int[] {0, 0, 1}, new int[] {0, 1, 1}));
        broken(
                Rules.oneClass(new int[] {0, 0, 0, 1}, new int[] {0, 0, 0, 0}),
                Verdict.REFUSED,
                "names class 0 for every image",
                "chance is 75.00 %");
        assertThat(Rules.oneClass(new int[] {0, 0}, new int[] {0, 0}).verdict()).isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void accuracyThatRisesWithEpsilonIsRefused() {
        var curve = new TreeMap<Double, Outcomes>(Map.of(0.1, first(80, 100), 0.2, first(40, 100), 0.3, first(0, 100)));
        kept(Rules.largerBall(curve));
        curve.put(0.2, first(90, 100));
        broken(
                Rules.largerBall(curve),
                Verdict.REFUSED,
                "accuracy rises from 80.00 % at epsilon 0.1 to 90.00 % at epsilon 0.2");
        assertThat(Rules.largerBall(curve).evidence())
                .containsEntry("accuracy-at-0.1", 0.8)
                .containsEntry("accuracy-at-0.3", 0.0);
        assertThat(Rules.largerBall(new TreeMap<>(Map.of(0.1, first(1, 2)))).verdict())
                .isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void aRiseWithinSamplingErrorIsNone() {
        kept(Rules.largerBall(new TreeMap<>(Map.of(0.1, first(80, 100), 0.2, first(82, 100)))));
        // Ten won and nine lost is a coin's doing, ten won and none lost is not.
        kept(Rules.largerBall(new TreeMap<>(Map.of(0.1, first(9, 100), 0.2, last(10, 100)))));
        broken(Rules.largerBall(new TreeMap<>(Map.of(0.1, first(0, 100), 0.2, last(10, 100)))), Verdict.REFUSED);
    }

    @Test
    void manyStepsWeakerThanOneAreRefused() {
        kept(Rules.manySteps(first(50, 100), first(30, 100)));
        kept(Rules.manySteps(first(50, 100), first(53, 100)));
        broken(
                Rules.manySteps(first(30, 100), first(50, 100)),
                Verdict.REFUSED,
                "accuracy 50.00 % under PGD, 30.00 % under FGSM");
    }

    @Test
    void accuracyAboveChanceInTheFullBallIsRefused() {
        int[] labels = {0, 0, 0, 1, 1, 2, 2, 2, 2, 2};
        kept(Rules.fullBall(first(0, 10), labels));
        kept(Rules.fullBall(last(5, 10), labels)); // names class 2 whatever it sees
        broken(
                Rules.fullBall(last(6, 10), labels),
                Verdict.REFUSED,
                "accuracy 60.00 % at epsilon 1, chance is 50.00 %");
    }

    /** Noise leaves everything, PGD of the rules leaves 16 %. */
    @Test
    void aSuiteThatTheRulesOwnAttacksBeatIsRefused() {
        broken(
                Rules.ownAttacks(first(100, 100), first(16, 100)),
                Verdict.REFUSED,
                "break 84 inputs that withstand the suite: accuracy 100.00 % under the suite, 16.00 % under both");
        broken(Rules.ownAttacks(first(100, 100), first(97, 100)), Verdict.REFUSED);
        kept(Rules.ownAttacks(first(100, 100), first(98, 100)));
        kept(Rules.ownAttacks(first(10, 100), first(50, 100)));
        kept(Rules.ownAttacks(first(20, 20), first(19, 20)));
    }

    @Test
    void theStrongestKnownBreakStandsBesideTheSuite() {
        var exact = new RobustInterval.Break("exact verification", last(98, 100));
        var known = new RobustInterval(first(60, 100), Optional.of(first(10, 100)), List.of(exact));
        assertThat(known.upper()).isEqualTo(0.58);
        assertThat(known.lower()).isEqualTo(0.1);
        assertThat(known.sentence())
                .isEqualTo(
                        "lowest known accuracy 58.00 % (60.00 % under the suite; beyond the suite: images 0, 1 by exact"
                                + " verification), certified 10.00 %");
        broken(Rules.strongest(known), Verdict.UNRELIABLE, "images 0, 1 by exact verification", "58.00 %");
        kept(Rules.strongest(new RobustInterval(first(60, 100), Optional.of(first(0, 100)), List.of())
                .with(first(10, 100), List.of(new RobustInterval.Break("pgd", first(70, 100))))));
        assertThat(Rules.strongest(new RobustInterval(first(60, 100), Optional.of(first(0, 100)), List.of()))
                        .verdict())
                .isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void aNetworkWithoutCertificatesIsNotCertifiedAndOneWithVainCertificatesHasZero() {
        RobustInterval untried = new RobustInterval(first(60, 100), Optional.empty(), List.of());
        assertThat(untried.sentence()).endsWith("no other source is lower), not certified");
        assertThat(untried.with(first(0, 100), List.of()).sentence()).endsWith(", certified 0.00 %");
        assertThat(untried.lower()).isZero();
    }

    @Test
    void certifiedInputsThatAreBrokenAreRefused() {
        kept(Rules.certified(first(50, 100), first(40, 100)));
        kept(Rules.certified(first(50, 100), first(50, 100)));
        broken(
                Rules.certified(first(50, 100), first(51, 100)),
                Verdict.REFUSED,
                "1 inputs are certified and yet broken");
        // Fewer certified than withstand, but one of them is broken: accuracies alone would not tell.
        broken(Rules.certified(first(99, 100), last(1, 100)), Verdict.REFUSED);
    }

    @Test
    void doublingThatFindsMoreMarksUnreliable() {
        kept(Rules.converged(first(500, 1000), first(495, 1000)));
        broken(
                Rules.converged(first(500, 1000), first(494, 1000)),
                Verdict.UNRELIABLE,
                "lower accuracy by 0.60 points, from 50.00 % to 49.40 %");
        // What the doubled attack leaves of other inputs is no matter.
        kept(Rules.converged(first(500, 1000), Outcomes.allRight(1000)));
    }

    @Test
    void attacksWithoutGradientsThatFindMoreMarkUnreliable() {
        var blackBox = new LinkedHashMap<String, Outcomes>();
        assertThat(Rules.whiteBox(first(500, 1000), blackBox).verdict()).isEqualTo(Verdict.NOT_CHECKED);
        blackBox.put("noise", first(900, 1000));
        blackBox.put("square", first(498, 1000));
        kept(Rules.whiteBox(first(500, 1000), blackBox));
        blackBox.put("square", first(497, 1000));
        broken(
                Rules.whiteBox(first(500, 1000), blackBox),
                Verdict.UNRELIABLE,
                "square found 0.30 points beyond the white-box attacks, accuracy under them 50.00 %");
        // Weaker overall, yet it breaks what the others do not.
        broken(Rules.whiteBox(first(500, 1000), Map.of("transfer", last(600, 1000))), Verdict.UNRELIABLE);
    }

    @Test
    void lossesWithoutGradientMarkUnreliable() {
        kept(Rules.gradient(0, 1000));
        kept(Rules.gradient(1, 100));
        kept(Rules.gradient(10, 10_000));
        broken(Rules.gradient(11, 10_000), Verdict.UNRELIABLE, "11 of 10000 inputs");
        broken(Rules.gradient(2, 100), Verdict.UNRELIABLE);
        assertThat(Rules.gradient(0, 0).verdict()).isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void predictedLabelsAndWrongInputsThatCountMarkUnreliable() {
        kept(Rules.trueLabel(List.of(), first(90, 100), first(50, 100)));
        broken(Rules.trueLabel(List.of("fgsm"), first(90, 100), first(50, 100)), Verdict.UNRELIABLE, "fgsm");
        broken(
                Rules.trueLabel(List.of(), first(40, 100), first(50, 100)),
                Verdict.UNRELIABLE,
                "10 inputs that are wrong without attack count as right under attack");
    }

    @Test
    void theWorstFindingDecidesAndWhatWasNotCheckedNeverPasses() {
        Finding pass = Rules.gradient(0, 10);
        Finding open = Rules.gradient(0, 0);
        Finding doubtful = Rules.gradient(10, 10);
        Finding wrong = Rules.manySteps(first(0, 100), first(100, 100));
        Finding uncertified = Finding.notChecked(Rule.CERTIFIED, "no certificates are stored");
        assertThat(Verdict.worst(List.of())).isEqualTo(Verdict.NOT_CHECKED);
        assertThat(Verdict.worst(List.of(pass, open))).isEqualTo(Verdict.NOT_CHECKED);
        assertThat(Verdict.worst(List.of(pass, uncertified))).isEqualTo(Verdict.PASS);
        assertThat(Verdict.worst(List.of(pass, Finding.notChecked(Rule.OWN_ATTACKS, "none ran"))))
                .isEqualTo(Verdict.NOT_CHECKED);
        assertThat(Verdict.worst(List.of(pass, doubtful, open))).isEqualTo(Verdict.UNRELIABLE);
        assertThat(Verdict.worst(List.of(wrong, doubtful))).isEqualTo(Verdict.REFUSED);

        Finding bounded =
                Rules.strongest(new RobustInterval(first(600, 1000), Optional.of(first(595, 1000)), List.of()));
        assertThat(bounded.sentence()).contains("certificates prove 59.50 %");
        assertThat(Verdict.worst(List.of(pass, doubtful, bounded))).isEqualTo(Verdict.PASS);
        assertThat(Verdict.worst(List.of(wrong, doubtful, bounded))).isEqualTo(Verdict.REFUSED);
        assertThat(Verdict.worst(List.of(pass, doubtful, open, bounded))).isEqualTo(Verdict.NOT_CHECKED);
        Finding wide = Rules.strongest(new RobustInterval(first(600, 1000), Optional.of(first(594, 1000)), List.of()));
        assertThat(Verdict.worst(List.of(pass, doubtful, wide))).isEqualTo(Verdict.UNRELIABLE);
    }

    @Test
    void rulesAreFoundByTheirNames() {
        for (Rule rule : Rule.values()) {
            assertThat(Rule.of(rule.id())).isEqualTo(rule);
        }
        assertThatThrownBy(() -> Rule.of("nonsense")).hasMessageContaining("nonsense");
    }

    @Test
    void outcomesOfOtherInputsDoNotCompare() {
        assertThatThrownBy(() -> first(1, 2).and(first(1, 3))).hasMessageContaining("2 and 3 inputs");
        assertThat(first(3, 4).and(last(3, 4))).isEqualTo(Outcomes.of(false, true, true, false));
    }

    @Test
    void theSignTestIsExact() {
        assertThat(SignTest.chance(0, 0)).isEqualTo(1);
        assertThat(SignTest.chance(5, 5)).isCloseTo(1 / 32.0, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(SignTest.chance(8, 10)).isCloseTo(56 / 1024.0, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(SignTest.chance(5000, 10_000)).isCloseTo(0.50399, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(SignTest.beyondSampling(7, 0)).isTrue(); // 1 / 128
        assertThat(SignTest.beyondSampling(6, 0)).isFalse(); // 1 / 64
    }
}
