package org.espalier.report.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Chance;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Series;
import org.espalier.report.verdict.Comparison.Standing;
import org.junit.jupiter.api.Test;

class NonInferiorityTest {
    /** A level of one trial that stops at one iteration. Accuracies are in percent; validation may have others. */
    private record Network(
            int trial, int level, int stop, double natural, double pgd, double validation, Series.State state) {
        Network(int trial, int level, int stop, double natural, double pgd) {
            this(trial, level, stop, natural, pgd, pgd, Series.State.FINISHED);
        }

        Series series() {
            var points = new ArrayList<Point>();
            for (int iteration : new int[] {100, 200, 300}) {
                double loss = iteration == stop ? 0.1 : 0.5;
                // Where nothing stops, accuracies are such that a verdict from there would be another.
                double n = iteration == stop ? natural / 100 : 0.5;
                double a = iteration == stop ? pgd / 100 : 0.5;
                double v = iteration == stop ? validation / 100 : 0.5;
                points.add(new Point(iteration, Point.VALIDATION, Point.NATURAL, n, loss, 10_000));
                points.add(new Point(iteration, Point.VALIDATION, "pgd", v, loss, 10_000));
                points.add(new Point(iteration, Point.TEST, Point.NATURAL, n, 9, 10_000));
                points.add(new Point(iteration, Point.TEST, "pgd", a, 9, 10_000));
            }
            return new Series("original", trial, level, Math.pow(0.8, level), state, points);
        }
    }

    private static TicketVerdict judge(Optional<EarlyStop> stop, int trials, List<Network> networks) {
        return judge(stop, trials, Chance.ofEqual(10), networks);
    }

    private static TicketVerdict judge(Optional<EarlyStop> stop, int trials, Chance chance, List<Network> networks) {
        var cell = new Cell(
                "digits",
                "pgd",
                new Cell.Training(Optional.of("pgd"), Optional.empty(), 300),
                stop,
                OptionalInt.empty(),
                List.of(new Cell.Strategy("original", 4)),
                List.of("pgd"),
                Optional.empty(),
                AttackedAccuracy.KEPT_POINT,
                trials,
                List.of(1.0, 0.8, 0.64, 0.512),
                OptionalInt.of(10),
                Optional.of(chance),
                networks.stream().map(Network::series).toList(),
                Optional.empty(),
                List.of());
        List<TicketVerdict> verdicts = NonInferiority.all(
                "run", new Results("run", OptionalInt.empty(), List.of(cell), List.of()), Terms.USUAL);
        assertThat(verdicts).hasSize(1);
        return verdicts.getFirst();
    }

    private static TicketVerdict judge(int trials, List<Network> networks) {
        return judge(Optional.of(new EarlyStop(0.5, "pgd")), trials, networks);
    }

    /** Dense networks of three trials. */
    private static List<Network> dense() {
        return new ArrayList<>(List.of(
                new Network(1, 0, 300, 98.0, 45.0),
                new Network(2, 0, 300, 98.2, 46.0),
                new Network(3, 0, 300, 97.9, 44.0)));
    }

    private static void add(List<Network> networks, int level, int stop, double[] natural, double[] pgd) {
        for (int trial = 0; trial < 3; trial++) {
            networks.add(new Network(
                    trial + 1,
                    level,
                    stop,
                    networks.get(trial).natural() + natural[trial],
                    networks.get(trial).pgd() + pgd[trial]));
        }
    }

    @Test
    void theSparsestThatIsShownToBeNotWorseWins() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        add(networks, 2, 300, new double[] {-0.01, 0.0, 0.01}, new double[] {8.0, 8.1, 8.2});
        add(networks, 3, 200, new double[] {-2.0, -2.1, -1.9}, new double[] {9.0, 9.1, 9.2});
        TicketVerdict verdict = judge(3, networks);
        assertThat(verdict.comparisons())
                .extracting(Comparison::standing)
                .containsExactly(Standing.WINS, Standing.WINS, Standing.WORSE);
        assertThat(verdict.ticket().orElseThrow().level()).isEqualTo(2);
        assertThat(verdict.ticket().orElseThrow().density()).isEqualTo(0.64);
        assertThat(verdict.found().getFirst())
                .startsWith(
                        "Winning ticket under pgd alone at 64.0 % of the weights (level 2, 3 trials): natural accuracy +0.0"
                                + " points (95 % interval +0.0 to +0.0), pgd accuracy +8.1 points (95 % interval +7.9 to +8.3)")
                .endsWith("it stops at the same iteration as the dense network.");
    }

    /**
     * By hand: level 1 has natural differences 0.00, 0.02, 0.01 points, mean 0.01, deviation 0.01, so t = 0.51 /
     * (0.01 / sqrt(3)) = 88.33 with two degrees of freedom, whose upper tail is 1/2 - t / (2 sqrt(2 + t^2)) = 6.4e-5.
     */
    @Test
    void pIsTheLargerOfBothAndCorrectedForAllDensities() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        add(networks, 2, 200, new double[] {-2.0, -2.1, -1.9}, new double[] {9.0, 9.1, 9.2});
        Comparison first = judge(3, networks).comparisons().getFirst();
        double t = 0.51 / (0.01 / Math.sqrt(3));
        double natural = 0.5 - t / (2 * Math.sqrt(2 + t * t));
        double u = 5.6 / (0.1 / Math.sqrt(3));
        double adversarial = 0.5 - u / (2 * Math.sqrt(2 + u * u));
        double p = Math.max(natural, adversarial);
        assertThat(first.p().orElseThrow()).isCloseTo(p, within(p * 1e-6));
        assertThat(first.adjusted().orElseThrow()).isCloseTo(2 * p, within(p * 1e-6));
    }

    /** Nineteen of twenty images are of one class, and every network names it. */
    @Test
    void aConstantClassifierIsNoTicketAndNotTheBest() {
        var stop = Optional.of(new EarlyStop(0.5, "pgd"));
        var skewed = Chance.of(new int[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        List<Network> constant = new ArrayList<>();
        for (int trial = 1; trial <= 5; trial++) {
            constant.add(new Network(trial, 0, 300, 95, 95));
            constant.add(new Network(trial, 1, 200, 95, 95));
        }
        TicketVerdict verdict = judge(stop, 5, skewed, constant);
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.guessing()).hasValue(0.95);
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.NOTHING_TO_KEEP);
        assertThat(verdict.found()).isEmpty();
    }

    @Test
    void aPrunedNetworkThatNamesOneClassDoesNotWinOverADenseOneNearChance() {
        var stop = Optional.of(new EarlyStop(0.5, "pgd"));
        List<Network> networks = new ArrayList<>();
        for (int trial = 1; trial <= 5; trial++) {
            networks.add(new Network(trial, 0, 300, 95.3 + 0.01 * trial, 95.2 + 0.01 * trial));
            networks.add(new Network(trial, 1, 200, 95, 95));
        }
        TicketVerdict verdict = judge(stop, 5, new Chance(0.95), networks);
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.CHANCE);
        assertThat(verdict.best().orElseThrow().level()).isZero();
        assertThat(verdict.notShown()).anyMatch(s -> s.contains("always names the most frequent class (95.0 %)"));
    }

    @Test
    void aTicketThatStopsLaterDoesNotWin() {
        List<Network> networks = dense().stream()
                .map(n -> new Network(n.trial(), 0, 200, n.natural(), n.pgd()))
                .collect(ArrayList::new, List::add, List::addAll);
        add(networks, 1, 300, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        TicketVerdict verdict = judge(3, networks);
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.LATER);
        assertThat(verdict.notShown())
                .anyMatch(s -> s.contains("keeps both accuracies") && s.contains("it stops 100 iterations later than"));
    }

    @Test
    void oneTrialGivesNoTestAndSaysSo() {
        TicketVerdict verdict = judge(1, List.of(new Network(1, 0, 300, 98, 45), new Network(1, 1, 200, 98.1, 55)));
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons().getFirst().p()).isEmpty();
        assertThat(verdict.notShown())
                .containsExactly(
                        "One trial gives no test: whether a ticket wins for other seeds too is not shown.",
                        "In its one trial the network at 80.0 % of the weights (level 1) does as well: natural accuracy"
                                + " +0.1 points, pgd accuracy +10.0 points, stopping no later.");
        // Wilson's interval for 5500 of 10000.
        assertThat(verdict.found())
                .containsExactly(
                        "Best pgd accuracy: 55.0 % (95 % interval 54.0 to 56.0 over images, one trial) at 80.0 %"
                                + " of the weights (level 1), the density chosen on validation images; the dense"
                                + " network has 45.0 % (95 % interval 44.0 to 46.0 over images, one trial).");
    }

    @Test
    void whatTrialsDoNotShowIsNotATicket() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {-1.0, 2.0, 0.0}, new double[] {5.0, 5.1, 5.2});
        TicketVerdict verdict = judge(5, networks);
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.OPEN);
        assertThat(verdict.notShown())
                .anyMatch(s ->
                        s.startsWith("No density is shown to keep natural and pgd accuracy to within 0.5 points of the"
                                + " dense network's; the nearest is 80.0 %"))
                .anyMatch(s -> s.startsWith("3 of 5 trials are finished"));
    }

    /** Both corrected p values are 1; the level that loses less is nearer to a ticket. */
    @Test
    void theNearestToATicketIsNamedWhereNoneIsNear() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {-0.6, -0.9, -0.3}, new double[] {1.0, 1.5, 2.0});
        add(networks, 2, 200, new double[] {-20, -21, -22}, new double[] {-9, -9.5, -10});
        TicketVerdict verdict = judge(3, networks);
        assertThat(verdict.comparisons()).allMatch(c -> c.adjusted().orElseThrow() == 1);
        assertThat(verdict.notShown()).anyMatch(s -> s.contains("the nearest is 80.0 % of the weights (level 1"));
    }

    @Test
    void theBestDensityIsChosenOnValidationImagesAndReportedOnTestImages() {
        List<Network> networks = dense();
        for (int trial = 1; trial <= 3; trial++) {
            networks.add(new Network(trial, 1, 200, 98, 50 + trial, 70, Series.State.FINISHED));
            networks.add(new Network(trial, 2, 200, 98, 60 + trial, 65, Series.State.FINISHED));
        }
        Estimate best = judge(3, networks).best().orElseThrow();
        assertThat(best.level()).isEqualTo(1);
        assertThat(best.accuracy().mean()).isCloseTo(0.52, within(1e-12));
        // t(2) at 97.5 % is 4.302653, the deviation 1 point.
        assertThat(best.overTrials().orElseThrow().high()).isCloseTo(0.52 + 0.04302653 / Math.sqrt(3), within(1e-8));
    }

    @Test
    void aDenseNetworkThatGuessesLeavesNothingToKeep() {
        TicketVerdict verdict = judge(
                2,
                List.of(
                        new Network(1, 0, 300, 98, 3),
                        new Network(2, 0, 300, 98.1, 2),
                        new Network(1, 1, 300, 98, 9),
                        new Network(2, 1, 300, 98.2, 9.5)));
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.NOTHING_TO_KEEP);
        assertThat(verdict.found()).isEmpty();
        assertThat(verdict.notShown().getFirst()).contains("no better than guessing (10.0 %)");
    }

    @Test
    void whereATrialDivergedTheRestIsNotTested() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        networks.removeLast();
        networks.add(new Network(3, 1, 200, 10, 10, 10, Series.State.DIVERGED));
        TicketVerdict verdict = judge(3, networks);
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.DIVERGED);
        assertThat(verdict.notShown()).anyMatch(s -> s.contains("at least one trial has diverged"));
    }

    @Test
    void levelsFromADivergenceOnHaveNoTestAndNoShareInTheCorrection() {
        List<Network> networks = dense();
        // Level 1 is not shown to be not worse; levels 2 and 3, after a divergence, would win if they were tested.
        add(networks, 1, 200, new double[] {-1.0, 2.0, 0.0}, new double[] {5.0, 5.1, 5.2});
        for (int level : new int[] {2, 3}) {
            add(networks, level, 200, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
            networks.removeLast();
        }
        networks.add(new Network(3, 2, 200, 10, 10, 10, Series.State.DIVERGED));
        TicketVerdict verdict = judge(3, networks);
        assertThat(verdict.comparisons())
                .extracting(Comparison::standing)
                .containsExactly(Standing.OPEN, Standing.DIVERGED, Standing.DIVERGED);
        Comparison before = verdict.comparisons().getFirst();
        assertThat(before.adjusted())
                .as("corrected for the one density that is tested")
                .isEqualTo(before.p());
        assertThat(verdict.comparisons().subList(1, 3))
                .allSatisfy(c -> assertThat(c.p()).isEmpty())
                .allSatisfy(c -> assertThat(c.adjusted()).isEmpty());
        assertThat(verdict.notShown())
                .anyMatch(s -> s.contains("the nearest is 80.0 % of the weights (level 1"))
                .noneMatch(s -> s.contains("corrected for"));
    }

    @Test
    void whereOnlyLevelsFromADivergenceOnAreLeftNothingElseIsGivenAsTheReason() {
        List<Network> networks = dense();
        add(networks, 1, 200, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        networks.removeLast();
        networks.add(new Network(3, 1, 200, 10, 10, 10, Series.State.DIVERGED));
        assertThat(judge(3, networks).notShown())
                .anyMatch(s -> s.contains("at least one trial has diverged"))
                .noneMatch(s -> s.contains("same amounts") || s.contains("the nearest is"));
    }

    @Test
    void whatWasNotMeasuredIsNotSaidToStopNoLater() {
        List<Network> networks = List.of(new Network(1, 0, 300, 98, 45), new Network(1, 1, 300, 98.1, 55));
        assertThat(judge(Optional.empty(), 1, networks).notShown())
                .anyMatch(s -> s.endsWith("does as well: natural accuracy +0.1 points, pgd accuracy +10.0 points."))
                .noneMatch(s -> s.contains("stopping no later"));
    }

    @Test
    void withoutEarlyStoppingTheLastIterationIsComparedAndNoTicketIsCalled() {
        List<Network> networks = dense();
        add(networks, 1, 300, new double[] {0.00, 0.02, 0.01}, new double[] {5.0, 5.1, 5.2});
        TicketVerdict verdict = judge(Optional.empty(), 3, networks);
        assertThat(verdict.stopped()).isFalse();
        assertThat(verdict.ticket()).isEmpty();
        assertThat(verdict.comparisons()).extracting(Comparison::standing).containsExactly(Standing.UNTIMED);
        assertThat(verdict.notShown()).anyMatch(s -> s.contains("compared at their last iteration"));
    }

    @Test
    void nothingStoredYetIsSaid() {
        assertThat(judge(3, List.of()).notShown())
                .containsExactly(
                        "The dense network is not finished in any trial: there is nothing to compare with yet.");
        assertThat(judge(3, dense()).notShown())
                .contains("No pruned network is finished in a trial whose dense network is finished.");
    }

    @Test
    void impossibleTermsAreRefused() {
        assertThatThrownBy(() -> new Terms(95, 0.005))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("95");
        assertThatThrownBy(() -> new Terms(0.95, -1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("-1");
    }
}
