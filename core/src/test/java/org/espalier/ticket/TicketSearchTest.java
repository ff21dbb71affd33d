package org.espalier.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.junit.jupiter.api.Test;

class TicketSearchTest {
    private static final Architecture NETWORK = new Architecture(List.of(20, 10, 4), true);
    private static final Trial TRIAL = Trial.of(7, 1);

    /** Stands for training: adds 1 per "update" and level to survivors, so that states can be told apart. */
    private static final class CountingRunner implements LevelRunner {
        final List<LevelOutcome> outcomes = new ArrayList<>();

        @Override
        public LevelOutcome run(Level level, OptionalInt snapshot) {
            LevelOutcome outcome = new LevelOutcome(
                    shifted(level, 100 + level.number()),
                    snapshot.isPresent() ? shifted(level, snapshot.getAsInt()) : null);
            outcomes.add(outcome);
            return outcome;
        }

        private static Weights shifted(Level level, float by) {
            Weights weights = level.start().copy();
            for (int layer = 0; layer < NETWORK.layers(); layer++) {
                for (int i = 0; i < weights.matrix(layer).length; i++) {
                    weights.matrix(layer)[i] += by;
                }
                for (int o = 0; o < weights.biases(layer).length; o++) {
                    weights.biases(layer)[o] += by;
                }
            }
            weights.apply(level.mask());
            return weights;
        }
    }

    @Test
    void originalRestartsFromTheInitialWeightsUnderTheMask() {
        List<Level> levels = levels(search(new Restart.Original(), 3), new CountingRunner());
        Weights initial = TRIAL.initialWeights(NETWORK, InitialWeights.GLOROT_UNIFORM);
        assertThat(levels).hasSize(4);
        assertThat(levels.getFirst().start()).isEqualTo(initial);
        for (Level level : levels) {
            assertThat(level.start()).isEqualTo(masked(initial, level.mask()));
        }
    }

    @Test
    void rewindReallyRewindsToTheDenseLevelsSnapshotAndNotToTheInitialWeights() {
        CountingRunner runner = new CountingRunner();
        List<Level> levels = levels(search(new Restart.Rewind(3), 2), runner);
        Weights initial = TRIAL.initialWeights(NETWORK, InitialWeights.GLOROT_UNIFORM);
        for (Level level : levels.subList(1, 3)) {
            for (int layer = 0; layer < NETWORK.layers(); layer++) {
                for (int i = 0; i < NETWORK.weights(layer); i++) {
                    assertThat(level.start().matrix(layer)[i])
                            .isEqualTo(level.mask().keeps(layer, i) ? initial.matrix(layer)[i] + 3 : 0f);
                }
                assertThat(level.start().biases(layer)).containsOnly(3f);
            }
        }
        assertThat(runner.outcomes.get(1).snapshot()).isNull();
    }

    @Test
    void rewindWithoutASnapshotIsRefused() {
        TicketSearch search = search(new Restart.Rewind(3), 2);
        LevelOutcome none = new LevelOutcome(search.first().start(), null);
        assertThatThrownBy(() -> search.next(search.first(), none.trained(), none))
                .hasMessageContaining("iteration 3");
    }

    @Test
    void continuedKeepsTheTrainedWeightsOfTheLevelBefore() {
        CountingRunner runner = new CountingRunner();
        List<Level> levels = levels(search(new Restart.Continued(), 3), runner);
        for (int n = 1; n < levels.size(); n++) {
            assertThat(levels.get(n).start())
                    .isEqualTo(masked(
                            runner.outcomes.get(n - 1).trained(), levels.get(n).mask()));
        }
    }

    @Test
    void asPublishedRestartsEveryLevelFromTheTrainedDenseWeights() {
        CountingRunner runner = new CountingRunner();
        List<Level> levels = levels(search(new Restart.AsPublished(), 3), runner);
        for (Level level : levels.subList(1, 4)) {
            assertThat(level.start())
                    .isEqualTo(masked(runner.outcomes.getFirst().trained(), level.mask()));
        }
    }

    @Test
    void randomDrawsAnewAtEveryLevelAndTheSameWhenAskedAgain() {
        List<Level> levels = levels(search(new Restart.Random(), 2), new CountingRunner());
        List<Level> again = levels(search(new Restart.Random(), 2), new CountingRunner());
        assertThat(again).isEqualTo(levels);
        Weights initial = levels.getFirst().start();
        int kept = 0;
        int sameAsInitial = 0;
        int sameAsLevelBefore = 0;
        for (int i = 0; i < NETWORK.weights(0); i++) {
            if (levels.get(2).mask().keeps(0, i)) {
                float value = levels.get(2).start().matrix(0)[i];
                kept++;
                sameAsInitial += value == initial.matrix(0)[i] ? 1 : 0;
                sameAsLevelBefore += value == levels.get(1).start().matrix(0)[i] ? 1 : 0;
            }
        }
        assertThat(kept).isEqualTo(128);
        assertThat(sameAsInitial).isLessThan(3);
        assertThat(sameAsLevelBefore).isLessThan(3);
    }

    @Test
    void strategiesShareTheDenseLevelAndTrialsDoNot() {
        Level dense = search(new Restart.Original(), 2).first();
        assertThat(search(new Restart.Random(), 2).first()).isEqualTo(dense);
        assertThat(search(new Restart.Rewind(5), 2).first()).isEqualTo(dense);
        assertThat(Trial.of(7, 2).initialWeights(NETWORK, InitialWeights.GLOROT_UNIFORM))
                .isNotEqualTo(dense.start());
        assertThat(Trial.of(8, 1).initialWeights(NETWORK, InitialWeights.GLOROT_UNIFORM))
                .isNotEqualTo(dense.start());
    }

    @Test
    void masksShrinkByExactlyTheScheduledCounts() {
        List<Level> levels = levels(search(new Restart.Original(), 2), new CountingRunner());
        assertThat(levels).extracting(level -> level.mask().count(0)).containsExactly(200, 160, 128);
        assertThat(levels).extracting(level -> level.mask().count(1)).containsExactly(40, 36, 32);
        assertThat(levels.get(2).mask().within(levels.get(1).mask())).isTrue();
    }

    @Test
    void noPruningTrainsTheDenseLevelAlone() {
        assertThat(search(new Restart.Original(), 0).run(new CountingRunner())).hasSize(1);
    }

    @Test
    void thePapersNetworkHasThePublishedCountsAtEveryLevel() {
        Pruner published = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.AS_PUBLISHED);
        TicketSearch search = new TicketSearch(
                Architecture.PAPER,
                InitialWeights.GLOROT_UNIFORM,
                TRIAL,
                new Restart.Original(),
                PruningSchedule.paper(Architecture.PAPER, 20),
                published);
        List<Level> levels = levels(search, (level, snapshot) -> new LevelOutcome(level.start(), null));
        assertThat(List.of(0, 1, 2, 3, 8, 11, 15, 18, 20))
                .extracting(level -> levels.get(level).mask().count())
                .containsExactly(266_200, 213_057, 170_532, 136_503, 44_909, 23_079, 9_518, 4_908, 3_160);
    }

    @Test
    void refusesAScheduleOfAnotherNetwork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TicketSearch(
                        NETWORK,
                        InitialWeights.GLOROT_UNIFORM,
                        TRIAL,
                        new Restart.Original(),
                        PruningSchedule.paper(Architecture.PAPER, 20),
                        Pruner.PAPER))
                .withMessageContaining("one per layer");
    }

    private static List<Level> levels(TicketSearch search, LevelRunner runner) {
        return search.run(runner).stream().map(TrainedLevel::level).toList();
    }

    private static TicketSearch search(Restart restart, int levels) {
        return new TicketSearch(
                NETWORK,
                InitialWeights.GLOROT_UNIFORM,
                TRIAL,
                restart,
                new PruningSchedule(List.of(0.2, 0.1), levels),
                Pruner.PAPER);
    }

    private static Weights masked(Weights weights, Mask mask) {
        Weights masked = weights.copy();
        masked.apply(mask);
        return masked;
    }
}
