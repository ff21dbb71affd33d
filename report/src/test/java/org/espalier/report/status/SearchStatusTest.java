package org.espalier.report.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.Timing;
import org.espalier.lab.store.TrialId;
import org.junit.jupiter.api.Test;

class SearchStatusTest {
    /** Half of the weights of hidden layers are pruned between levels, each of 1,000 updates. */
    private static final Experiment EXPERIMENT =
            ExperimentFile.read("quick-mlp", List.of("training.iterations=1000", "objectives=[natural, pgd]"));

    private static final List<StoredTrial> TRIALS = List.of(
            new StoredTrial(new TrialId("digits", "natural", "original", 1), List.of("n0", "n1")),
            new StoredTrial(new TrialId("digits", "pgd", "original", 1), List.of("p0", "p1")),
            new StoredTrial(new TrialId("digits", "pgd", "random", 1), List.of("p0", "q1")));

    private static final Offset<Double> HALF_A_SECOND = Offset.offset(0.5);

    private final TimeSpent spent = new TimeSpent();

    private void time(long process, String level, String event, int iteration, double seconds) {
        spent.add(new Timing("2026-01-01T00:00:00Z", process, level, event, iteration, 1000, seconds, 0));
    }

    private SearchStatus status(Map<String, LevelState> states) {
        return status(states, new AtWork(Optional.of(7L), Set.of()));
    }

    private SearchStatus status(Map<String, LevelState> states, AtWork atWork) {
        return SearchStatus.of(
                EXPERIMENT,
                TRIALS,
                key -> states.getOrDefault(key, LevelState.WAITING),
                spent,
                atWork,
                ExperimentTranslator.estimatedDensities(EXPERIMENT, Optional.empty()));
    }

    private static double seconds(Optional<Duration> duration) {
        return duration.orElseThrow().toMillis() / 1000.0;
    }

    @Test
    void eachObjectiveIsExpectedToTakeAsLongAsItsOwnLevelsTook() {
        time(7, "n0", "started", 0, 0);
        time(7, "n0", "finished", 1000, 10);
        time(7, "p0", "started", 0, 0);
        time(7, "p0", "progress", 500, 50);
        SearchStatus status = status(Map.of("n0", LevelState.DONE, "p0", LevelState.BEGUN));
        double sparser = Effort.ofIteration(0.5);
        assertThat(seconds(status.left())).isCloseTo(50 + (10 + 2 * 100) * sparser, HALF_A_SECOND);
        assertThat(status.spent()).isEqualTo(Duration.ofSeconds(60));
        assertThat(status.inWork()).isEqualTo(1);
        assertThat(status.leftOnTheClock()).isEqualTo(status.left());
    }

    @Test
    void anObjectiveThatWasNotTimedIsJudgedByTheOthers() {
        time(7, "n0", "started", 0, 0);
        time(7, "n0", "finished", 1000, 10);
        SearchStatus status = status(Map.of("n0", LevelState.DONE));
        assertThat(seconds(status.left())).isCloseTo(10 + 3 * 10 * Effort.ofIteration(0.5), HALF_A_SECOND);
        assertThat(status(Map.of()).waiting()).isEqualTo(5);
    }

    @Test
    void beforeAnythingIsTimedNothingIsKnown() {
        assertThat(status(Map.of()).left()).isEmpty();
        time(7, "p0", "started", 0, 0);
        assertThat(status(Map.of("p0", LevelState.BEGUN)).left()).isEmpty();
    }

    @Test
    void jobsShareTheTimeLeftAndLevelsOfAnotherProcessAreNotInWork() {
        time(7, "n0", "started", 0, 0);
        time(7, "n0", "progress", 500, 5);
        time(7, "p0", "started", 0, 0);
        time(7, "p0", "progress", 100, 5);
        Map<String, LevelState> states = Map.of("n0", LevelState.BEGUN, "p0", LevelState.BEGUN);
        SearchStatus two = status(states);
        assertThat(two.inWork()).isEqualTo(2);
        assertThat(seconds(two.leftOnTheClock())).isCloseTo(seconds(two.left()) / 2, HALF_A_SECOND);
        time(6, "p0", "progress", 200, 5);
        assertThat(status(states).inWork()).isEqualTo(1);
        time(7, "n0", "stopped", 600, 1);
        assertThat(status(states).inWork()).isZero();
        assertThat(spent.endedInOrder("n0")).isTrue();
        assertThat(spent.endedInOrder("p0")).isFalse();
    }

    @Test
    void levelsThatWorkersHoldAreInWorkThoughTheirFilesMayNotBeThereYet() {
        time(6, "p0", "started", 0, 0);
        time(6, "p0", "progress", 100, 5);
        Map<String, LevelState> states = Map.of("n0", LevelState.DONE, "p0", LevelState.BEGUN);
        SearchStatus status = status(states, new AtWork(Optional.empty(), Set.of("n0", "p0", "q1", "evaluation_n0_1")));
        assertThat(status.running()).isTrue();
        assertThat(status.inWork()).isEqualTo(2);
        assertThat(status.begun()).isEqualTo(2);
        assertThat(status.waiting()).isEqualTo(2);
        assertThat(status.done()).isEqualTo(1);
        SearchStatus without = status(states, new AtWork(Optional.empty(), Set.of("n0")));
        assertThat(without.running()).isFalse();
        assertThat(without.begun()).isEqualTo(1);
        assertThat(status(states).running()).isTrue();
    }

    @Test
    void workThatAKillUndidCountsAsTimeButNotAsProgress() {
        time(7, "p0", "started", 0, 0);
        time(7, "p0", "progress", 400, 40);
        time(8, "p0", "started", 300, 0);
        assertThat(spent.reached("p0")).isEqualTo(300);
        assertThat(spent.rate("p0")).isEmpty();
        time(8, "p0", "progress", 500, 10);
        assertThat(spent.rate("p0")).hasValue(20);
        assertThat(spent.total()).isEqualTo(Duration.ofSeconds(50));
        assertThat(spent.pace("p0").orElseThrow().rate()).isEqualTo(12);
    }

    @Test
    void aRateIsThatOfTheLastSeconds() {
        time(7, "p0", "started", 0, 0);
        time(7, "p0", "progress", 10, 10);
        time(7, "p0", "progress", 110, 10);
        time(7, "p0", "progress", 310, 10);
        assertThat(spent.rate("p0")).hasValue(15);
    }
}
