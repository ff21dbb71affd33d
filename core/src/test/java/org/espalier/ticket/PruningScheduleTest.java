package org.espalier.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.ErdosRenyi;
import org.espalier.prune.LayerFractions;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.junit.jupiter.api.Test;

class PruningScheduleTest {
    private static final List<Integer> PAPER = List.of(235_200, 30_000, 1_000);

    private static int last(List<Integer> widths, List<Double> fractions, Scope scope, CountingRule rule, int most) {
        return new PruningSchedule(fractions, most)
                        .survivors(new Architecture(widths, false), new Pruner(Criterion.MAGNITUDE, scope, rule))
                        .size()
                - 1;
    }

    @Test
    void levelsEndWhereAFurtherOneWouldPruneNothing() {
        List<Double> fractions = List.of(0.2, 0.1);
        // 0.2 of 2 and 0.1 of 4 round to 0.
        assertThat(last(List.of(1, 2, 2), fractions, Scope.LAYER, CountingRule.EXACT, 60))
                .isZero();
        // 3 -> 2 in the first layer, then nothing; 6 -> 5 -> 4 in the second.
        assertThat(last(List.of(1, 3, 1), fractions, Scope.LAYER, CountingRule.EXACT, 60))
                .isEqualTo(1);
        assertThat(last(List.of(1, 3, 2), fractions, Scope.LAYER, CountingRule.EXACT, 60))
                .isEqualTo(2);
        assertThat(last(List.of(1, 2, 2), List.of(0.2, 0.2), Scope.GLOBAL, CountingRule.EXACT, 60))
                .isEqualTo(4);
        assertThat(last(List.of(2, 5, 2), List.of(1.0, 1.0), Scope.LAYER, CountingRule.EXACT, 60))
                .isEqualTo(1);
        // 6 -> 4 -> 3 -> 2 -> 1 -> 0.
        assertThat(last(List.of(1, 3, 2), fractions, Scope.LAYER, CountingRule.AS_PUBLISHED, 60))
                .isEqualTo(5);
        assertThat(last(List.of(784, 300, 100, 10), List.of(0.2, 0.2, 0.1), Scope.LAYER, CountingRule.EXACT, 20))
                .isEqualTo(20);
    }

    @Test
    void aLevelThatPrunesNothingBeforeOneThatDoesIsKept() {
        PruningSchedule late = new PruningSchedule(List.of(List.of(0.0), List.of(0.5), List.of(0.0)));
        assertThat(late.survivors(new Architecture(List.of(5, 2), false), Pruner.PAPER))
                .containsExactly(10, 10, 5);
    }

    @Test
    void geometricGivesTheFractionsAsTheyAre() {
        PruningSchedule schedule = PruningSchedule.paper(Architecture.PAPER, 3);
        assertThat(schedule.prunings())
                .containsExactly(List.of(0.2, 0.2, 0.1), List.of(0.2, 0.2, 0.1), List.of(0.2, 0.2, 0.1));
        assertThat(schedule.survivors(Architecture.PAPER, Pruner.PAPER))
                .containsExactly(266_200, 188_160 + 24_000 + 900, 150_528 + 19_200 + 810, 120_422 + 15_360 + 729);
    }

    @Test
    void oneShotReachesAtLevelOneWhatGeometricReachesAtTheLast() {
        PruningSchedule shot = PruningSchedule.of(new LayerFractions(0.2, 0.1), new OneShot(), Architecture.PAPER, 2);
        // 0.64 of the hidden layers and 0.81 of the output layer.
        assertThat(shot.survivors(Architecture.PAPER, Pruner.PAPER)).containsExactly(266_200, 150_528 + 19_200 + 810);
        assertThat(shot.fractions(2)).containsExactly(0.0, 0.0, 0.0);
        assertThat(new OneShot().fraction(0.2, 1, 1)).isEqualTo(0.2);
    }

    /** Kept weights by layer: google-research/rigl, sparse_utils.py, for 784-300-100-10 without biases. */
    @Test
    void erdosRenyiKeepsThePublishedNumbersOfWeights() {
        keeps(0.5, 102_100, 30_000, 1_000);
        keeps(0.2, 38_159, 14_081, 1_000);
        keeps(0.1, 18_714, 6_906, 1_000);
        keeps(0.05, 9_051, 3_340, 919);
        keeps(0.01, 1_810, 668, 184);
    }

    private static void keeps(double density, int... kept) {
        PruningSchedule shot = PruningSchedule.of(new ErdosRenyi(density), new OneShot(), Architecture.PAPER, 20);
        for (int layer = 0; layer < kept.length; layer++) {
            int weights = PAPER.get(layer);
            int pruned = CountingRule.EXACT.pruned(shot.fractions(1).get(layer), weights);
            assertThat(weights - pruned)
                    .as("density %s, layer %s", density, layer)
                    .isEqualTo(kept[layer]);
        }
    }

    @Test
    void erdosRenyiComesToItsDensityLevelByLevel() {
        List<Integer> survivors = PruningSchedule.of(new ErdosRenyi(0.05), new Geometric(), Architecture.PAPER, 20)
                .survivors(Architecture.PAPER, Pruner.PAPER);
        // At each level and layer up to half a weight is rounded.
        assertThat(survivors.getLast()).isBetween(13_310 - 10, 13_310 + 10);
        assertThat(new ErdosRenyi(1).fractions(Architecture.PAPER, 5)).containsExactly(0.0, 0.0, 0.0);
    }

    @Test
    void refusesFractionsAndLevelsOutsideTheirRanges() {
        assertThatThrownBy(() -> new PruningSchedule(List.of(1.1), 1)).hasMessageContaining("got 1.1");
        assertThatThrownBy(() -> new PruningSchedule(List.of(0.1), -1)).hasMessageContaining("got -1");
    }
}
