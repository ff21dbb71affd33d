package org.espalier.report.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Chance;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.TrialId;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Series;
import org.espalier.report.verdict.Comparison.Standing;
import org.junit.jupiter.api.Test;

/** Under PGD both pruned levels win; what an evaluation finds decides. */
class EvaluationVerdictsTest {
    private static final int IMAGES = 1000;

    private final List<Evaluated> evaluations = new ArrayList<>();

    /** A level of three trials, all evaluated: images right unattacked, under the suite, and known to be right. */
    private void level(int level, int suite, int known) {
        for (int trial = 1; trial <= 3; trial++) {
            add(
                    "standard",
                    0.3,
                    trial,
                    level,
                    suite + trial * (level + 1) % 3,
                    known + trial * (level + 1) % 3,
                    Verdict.PASS);
        }
    }

    private void add(String suite, double epsilon, int trial, int level, int right, int known, Verdict verdict) {
        BitSet withstands = new BitSet();
        withstands.set(0, right);
        BitSet unbroken = new BitSet();
        unbroken.set(0, known);
        Rule rule = verdict == Verdict.UNRELIABLE
                ? Rule.CONVERGED
                : verdict == Verdict.NOT_CHECKED ? Rule.OWN_ATTACKS : Rule.INSIDE;
        var outcomes = new Outcomes(IMAGES, withstands);
        evaluations.add(new Evaluated(
                new TrialId("digits", "pgd", "original", trial),
                level,
                new StoredEvaluation(
                        suite + level + trial,
                        Optional.of("level"),
                        "final",
                        Math.pow(0.5, level),
                        suite,
                        new ThreatModel(Norm.LINF, (float) epsilon),
                        "test",
                        1,
                        "settings",
                        "method of " + suite,
                        new Proportion(970 + trial * (level + 1) % 3, IMAGES),
                        new Proportion(right, IMAGES),
                        List.of(),
                        List.of(),
                        List.of(new Finding(rule, verdict, "found", new LinkedHashMap<>(Map.of()))),
                        outcomes,
                        new RobustInterval(
                                outcomes,
                                Optional.of(new Outcomes(IMAGES, new BitSet())),
                                List.of(new RobustInterval.Break("doubled", new Outcomes(IMAGES, unbroken)))),
                        IMAGES)));
    }

    private static Series series(int trial, int level) {
        var points = new ArrayList<Point>();
        for (int iteration : new int[] {100, 200}) {
            double loss = iteration == 200 ? 0.1 : 0.5;
            double natural = 0.97 + 0.0001 * (trial * (level + 1) % 3);
            double pgd = 0.85 + 0.02 * level + 0.001 * trial * (level + 1) % 3;
            points.add(new Point(iteration, Point.VALIDATION, Point.NATURAL, natural, loss, 10_000));
            points.add(new Point(iteration, Point.VALIDATION, "pgd", pgd, loss, 10_000));
            points.add(new Point(iteration, Point.TEST, Point.NATURAL, natural, 9, 10_000));
            points.add(new Point(iteration, Point.TEST, "pgd", pgd, 9, 10_000));
        }
        return new Series("original", trial, level, Math.pow(0.5, level), Series.State.FINISHED, points);
    }

    private List<TicketVerdict> judge() {
        var series = new ArrayList<Series>();
        for (int level = 0; level < 3; level++) {
            for (int trial = 1; trial <= 3; trial++) {
                series.add(series(trial, level));
            }
        }
        var cell = new Cell(
                "digits",
                "pgd",
                new Cell.Training(Optional.of("pgd"), Optional.empty(), 200),
                Optional.of(new EarlyStop(0.5, "pgd")),
                OptionalInt.empty(),
                List.of(new Cell.Strategy("original", 3)),
                List.of("pgd"),
                Optional.empty(),
                AttackedAccuracy.KEPT_POINT,
                3,
                List.of(1.0, 0.5, 0.25),
                OptionalInt.of(10),
                Optional.of(new Chance(0.1135)),
                series,
                Optional.empty(),
                List.of());
        return NonInferiority.all(
                "run",
                new Results("run", OptionalInt.empty(), List.of(cell), List.of()),
                ExperimentFile.read("quick-mlp", List.of()),
                new Robustness(evaluations, List.of(), List.of(), List.of()),
                Terms.USUAL);
    }

    private TicketVerdict decided() {
        List<TicketVerdict> verdicts = judge();
        assertThat(verdicts).hasSize(2);
        assertThat(verdicts.getLast().basis()).isEmpty();
        assertThat(verdicts.getLast().ticket().orElseThrow().level())
                .as("under pgd")
                .isEqualTo(2);
        assertThat(verdicts.getFirst().basis()).isPresent();
        return verdicts.getFirst();
    }

    private static List<Standing> standings(TicketVerdict verdict) {
        return verdict.comparisons().stream().map(Comparison::standing).toList();
    }

    @Test
    void whereNothingIsEvaluatedTheAttackOfTrainingIsNotCalledRobust() {
        assertThat(judge()).singleElement().satisfies(verdict -> {
            assertThat(verdict.basis()).isEmpty();
            assertThat(verdict.found().getFirst()).startsWith("Winning ticket under pgd alone at 25.0 %");
        });
    }

    @Test
    void theSuiteDecidesAgainstWhatTheAttackOfTrainingShows() {
        level(0, 800, 800);
        level(1, 801, 801);
        level(2, 700, 700);
        TicketVerdict verdict = decided();
        assertThat(standings(verdict)).containsExactly(Standing.WINS, Standing.WORSE);
        assertThat(verdict.ticket().orElseThrow().level()).isEqualTo(1);
        assertThat(verdict.subject()).isEqualTo("digits, pgd training, original, under suite standard, l-infinity 0.3");
        assertThat(verdict.found().getFirst()).startsWith("Winning robust ticket at 50.0 % of the weights");
        assertThat(verdict.dense().orElseThrow().accuracy().mean()).isBetween(0.8, 0.802);
    }

    @Test
    void theLowestKnownFigureWithdrawsIt() {
        level(0, 800, 800);
        level(1, 801, 801);
        level(2, 900, 780);
        assertThat(standings(decided())).containsExactly(Standing.WINS, Standing.WORSE);
    }

    @Test
    void refusedUnreliableAndUncheckedFiguresNeverWin() {
        for (var bad : Map.of(
                        Verdict.REFUSED, Standing.REFUSED,
                        Verdict.UNRELIABLE, Standing.UNRELIABLE,
                        Verdict.NOT_CHECKED, Standing.NOT_CHECKED)
                .entrySet()) {
            evaluations.clear();
            level(0, 800, 800);
            level(1, 801, 801);
            level(2, 900, 900);
            evaluations.removeLast();
            add("standard", 0.3, 3, 2, 900, 900, bad.getKey());
            TicketVerdict verdict = decided();
            assertThat(standings(verdict)).containsExactly(Standing.WINS, bad.getValue());
            assertThat(verdict.notShown()).anyMatch(s -> s.startsWith("No ticket at 25.0 % (level 2): "));
        }
    }

    /** The direction counts: a dense figure that may be too high makes it harder to win. */
    @Test
    void anUnreliableDenseFigureTakesNoWinAndARefusedOneDoes() {
        for (Verdict bad : List.of(Verdict.UNRELIABLE, Verdict.REFUSED)) {
            evaluations.clear();
            add("standard", 0.3, 1, 0, 800, 800, bad);
            add("standard", 0.3, 2, 0, 801, 801, Verdict.PASS);
            add("standard", 0.3, 3, 0, 802, 802, Verdict.PASS);
            level(1, 803, 803);
            level(2, 803, 803);
            assertThat(standings(decided()).getFirst())
                    .isEqualTo(bad == Verdict.REFUSED ? Standing.REFUSED : Standing.WINS);
        }
    }

    @Test
    void aLevelWithATrialThatIsNotEvaluatedIsNotEvaluated() {
        level(0, 800, 800);
        level(1, 801, 801);
        level(2, 900, 900);
        evaluations.removeLast();
        assertThat(standings(decided())).containsExactly(Standing.WINS, Standing.NOT_EVALUATED);
        evaluations.removeLast();
        evaluations.removeLast();
        TicketVerdict none = decided();
        assertThat(standings(none)).containsExactly(Standing.WINS, Standing.NOT_EVALUATED);
        assertThat(none.notShown()).noneMatch(s -> s.contains("NaN"));
        assertThat(Answer.of(judge(), false).getFirst().sentence()).doesNotContain("NaN");
    }

    @Test
    void withoutTheDenseNetworkNothingIsDecided() {
        level(2, 900, 900);
        TicketVerdict verdict = decided();
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.notShown())
                .contains("The dense network was not evaluated in any trial: there is nothing to compare with.");
    }

    @Test
    void whatIsNoBetterThanChanceHasNothingToKeep() {
        level(0, 50, 50);
        level(1, 60, 60);
        level(2, 70, 70);
        assertThat(standings(decided())).containsOnly(Standing.NOTHING_TO_KEEP);
    }

    @Test
    void anotherEvaluationInTheSameBallWithdrawsAWinAndOneInAnotherBallDoesNot() {
        level(0, 800, 800);
        level(1, 801, 801);
        level(2, 802, 802);
        assertThat(standings(decided())).containsExactly(Standing.WINS, Standing.WINS);
        add("other", 0.1, 1, 0, 900, 900, Verdict.PASS);
        add("other", 0.1, 1, 2, 500, 500, Verdict.PASS);
        assertThat(standings(decided())).containsExactly(Standing.WINS, Standing.WINS);
        add("thorough", 0.3, 1, 0, 800, 800, Verdict.PASS);
        add("thorough", 0.3, 1, 2, 790, 790, Verdict.PASS);
        assertThat(standings(decided())).containsExactly(Standing.WINS, Standing.WITHDRAWN);
    }

    /** The ball of training is 0.3. */
    @Test
    void theBallOfTrainingDecidesAndOfEqualSuitesTheOneThatBreaksMost() {
        for (int level = 0; level < 3; level++) {
            level(level, 800, 800);
            for (int trial = 1; trial <= 3; trial++) {
                add("fast", 0.3, trial, level, 850, 850, Verdict.PASS);
                add("wide", 0.1, trial, level, 100, 100, Verdict.PASS);
            }
        }
        assertThat(decided().basis().orElseThrow().name()).isEqualTo("suite standard, l-infinity 0.3");
    }
}
