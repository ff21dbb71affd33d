package org.espalier.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class PrunerTest {
    private static final Architecture SMALL = new Architecture(List.of(4, 3, 2), true);
    private static final Stream STREAM = Stream.root(1);

    @Test
    void prunesTheSmallestMagnitudesOfEachLayer() {
        Weights trained = weights(
                new float[] {-5, 4, -3, 2, 1, -6, 7, 8, 9, 10, 11, 12}, new float[] {100, -200, 300, -50, 60, 70});
        Mask pruned = Pruner.PAPER.prune(Mask.dense(SMALL), trained, List.of(0.25, 0.5), STREAM);
        assertThat(pruned.bytes(0)).containsExactly(1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
        assertThat(pruned.bytes(1)).containsExactly(1, 1, 1, 0, 0, 0);
    }

    @Test
    void breaksTiesByPositionAndNeverPrunesMore() {
        Weights trained = weights(new float[] {1, -1, 1, -1, 1, 1, 1, 1, 1, 1, 1, 1}, new float[] {0, -0f, 0, 0, 0, 0});
        Mask pruned = Pruner.PAPER.prune(Mask.dense(SMALL), trained, List.of(0.4, 0.5), STREAM);
        assertThat(pruned.bytes(0)).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
        assertThat(pruned.bytes(1)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    @Test
    void countsOnlySurvivorsAndNeverRevivesTheRest() {
        Weights trained = weights(new float[12], new float[6]);
        for (int i = 0; i < 12; i++) {
            trained.matrix(0)[i] = i;
        }
        Mask once = Pruner.PAPER.prune(Mask.dense(SMALL), trained, List.of(0.5, 0.0), STREAM);
        trained.matrix(0)[0] = 1000; // pruned: its value must not matter
        Mask twice = Pruner.PAPER.prune(once, trained, List.of(0.5, 0.0), STREAM);
        assertThat(twice.bytes(0)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1);
        assertThat(twice.within(once)).isTrue();
    }

    @Test
    void globalScopeRanksAllLayersTogether() {
        Weights trained = weights(new float[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1}, new float[] {2, 3, 4, -5, 9, 9});
        Pruner global = new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.EXACT);
        Mask pruned = global.prune(Mask.dense(SMALL), trained, List.of(0.3, 0.3), STREAM); // round(5.4) = 5 of 18
        assertThat(pruned.count(0)).isEqualTo(11);
        assertThat(pruned.bytes(1)).containsExactly(0, 0, 0, 0, 1, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> global.prune(Mask.dense(SMALL), trained, List.of(0.3, 0.2), STREAM))
                .withMessageContaining("same fraction");
    }

    /** As open_lth prunes LeNet-300-100: all but the output layer together, counted with it. */
    @Test
    void aLayerWithAFractionOfZeroStaysInAGlobalScope() {
        Weights some = InitialWeights.GLOROT_UNIFORM.draw(Architecture.PAPER, Stream.root(2));
        java.util.Arrays.fill(some.matrix(2), 0f); // the smallest of the network
        List<Double> spared = List.of(0.2, 0.2, 0.0);
        Pruner exact = new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.EXACT);
        Mask first = exact.prune(Mask.dense(Architecture.PAPER), some, spared, STREAM);
        assertThat(first.count(2)).isEqualTo(1000);
        assertThat(first.count()).isEqualTo(266_200 - 53_040);
        Mask second = exact.prune(first, some, spared, STREAM);
        assertThat(exact.survivors(Architecture.PAPER, List.of(spared, spared)))
                .containsExactly(266_200, first.count(), second.count());
        // What goes is what goes where the output layer is not there at all.
        Architecture hidden = new Architecture(List.of(784, 300, 100), false);
        Weights alone = new Weights(hidden);
        System.arraycopy(some.matrix(0), 0, alone.matrix(0), 0, 235_200);
        System.arraycopy(some.matrix(1), 0, alone.matrix(1), 0, 30_000);
        Mask without = exact.prune(Mask.dense(hidden), alone, List.of(0.2, 0.2), STREAM);
        assertThat(first.survivors(0)).isEqualTo(without.survivors(0));
        assertThat(first.survivors(1)).isEqualTo(without.survivors(1));

        Pruner published = new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.OPEN_LTH);
        Mask third = published.prune(Mask.dense(Architecture.PAPER), some, spared, STREAM);
        assertThat(third.count()).isEqualTo(266_200 - 53_241); // ceil(0.2 x 266,200) + 1
        Mask fourth = published.prune(third, some, spared, STREAM);
        assertThat(fourth.count()).isEqualTo(212_959 - 42_593); // ceil(42,591.8) + 1
        assertThat(published.survivors(Architecture.PAPER, List.of(spared, spared)))
                .containsExactly(266_200, 212_959, 170_366);
    }

    @Test
    void aCountOfAllWeightsHoldsInEveryScope() {
        Architecture wide = new Architecture(List.of(9, 5, 3), false);
        Weights some = InitialWeights.GLOROT_UNIFORM.draw(wide, Stream.root(2));
        List<Double> half = List.of(0.5, 0.5);
        for (Scope scope : Scope.values()) {
            Pruner pruner = new Pruner(Criterion.MAGNITUDE, scope, CountingRule.OF_ALL);
            Mask first = pruner.prune(Mask.dense(wide), some, half, STREAM);
            Mask second = pruner.prune(first, some, half, STREAM);
            assertThat(pruner.survivors(wide, List.of(half, half))).containsExactly(60, first.count(), second.count());
            if (scope == Scope.LAYER) {
                // Of 45, 22.5 is 22 and 33.5 is 34; of 15, 7.5 is 8 and 11.5 is 12. Merkle's code, by 11.25, prunes 11.
                assertThat(List.of(first.count(0), second.count(0), first.count(1), second.count(1)))
                        .containsExactly(23, 11, 7, 3);
            }
        }
    }

    @Test
    void randomCriterionPrunesAsManyWhateverTheWeightsAndDrawsFromItsStream() {
        Architecture wide = new Architecture(List.of(40, 30, 10), false);
        Pruner random = new Pruner(Criterion.RANDOM, Scope.LAYER, CountingRule.EXACT);
        Weights some = InitialWeights.GLOROT_UNIFORM.draw(wide, Stream.root(2));
        Mask first = random.prune(Mask.dense(wide), some, List.of(0.2, 0.1), STREAM);
        assertThat(first.count(0)).isEqualTo(960);
        assertThat(first.count(1)).isEqualTo(270);
        assertThat(random.prune(Mask.dense(wide), new Weights(wide), List.of(0.2, 0.1), STREAM))
                .isEqualTo(first);
        assertThat(random.prune(Mask.dense(wide), some, List.of(0.2, 0.1), Stream.root(3)))
                .isNotEqualTo(first);
    }

    @Test
    void refusesScoresThatAreNotNumbersAndMissingFractions() {
        Weights broken = new Weights(SMALL);
        broken.matrix(1)[2] = Float.NaN;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pruner.PAPER.prune(Mask.dense(SMALL), broken, List.of(0.2, 0.1), STREAM))
                .withMessageContaining("layer 1's weight 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pruner.PAPER.prune(Mask.dense(SMALL), new Weights(SMALL), List.of(0.2), STREAM))
                .withMessageContaining("one per layer");
    }

    @Property(tries = 100)
    void keepsExactlyAsManyAsTheRuleSaysAndTheyAreTheLargest(
            @ForAll @IntRange(min = 1, max = 20) int inputs,
            @ForAll @IntRange(min = 1, max = 20) int outputs,
            @ForAll @DoubleRange(min = 0, max = 1) double fraction,
            @ForAll CountingRule rule,
            @ForAll long seed) {
        Architecture architecture = new Architecture(List.of(inputs, outputs), false);
        Weights trained = new Weights(architecture);
        Stream draws = Stream.root(seed);
        float[] matrix = trained.matrix(0);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = draws.below(9, i) - 4; // few values: many ties
        }
        Mask pruned = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, rule)
                .prune(Mask.dense(architecture), trained, List.of(fraction), STREAM);
        assertThat(pruned.count()).isEqualTo(matrix.length - rule.pruned(fraction, matrix.length));
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix.length; j++) {
                if (!pruned.keeps(0, i) && pruned.keeps(0, j)) {
                    assertThat(Math.abs(matrix[i])).isLessThanOrEqualTo(Math.abs(matrix[j]));
                    assertThat(Math.abs(matrix[i]) < Math.abs(matrix[j]) || i < j)
                            .isTrue();
                }
            }
        }
    }

    private static Weights weights(float[] first, float[] second) {
        Weights weights = new Weights(SMALL);
        System.arraycopy(first, 0, weights.matrix(0), 0, first.length);
        System.arraycopy(second, 0, weights.matrix(1), 0, second.length);
        return weights;
    }
}
