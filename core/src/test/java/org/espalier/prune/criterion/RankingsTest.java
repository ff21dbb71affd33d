package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Counts, floors, ties and scopes that hold for every criterion. */
class RankingsTest {
    private static final NormalisedMagnitude NORMALISED = new NormalisedMagnitude(NormalisedMagnitude.Mean.SURVIVORS);

    private static Mask magnitude(Weights weights, Scope scope, double fraction, OptionalInt floor, Pruner.Ties ties) {
        Architecture network = weights.architecture();
        return new Pruner(Criterion.MAGNITUDE, scope, CountingRule.EXACT, floor, Optional.of(ties))
                .prune(
                        Mask.dense(network),
                        weights,
                        java.util.Collections.nCopies(network.layers(), fraction),
                        Cases.STREAM);
    }

    @Test
    void normalisedMagnitudeIsGlobalMagnitudeWhereLayersHaveEqualMeans() {
        Architecture network = new Architecture(List.of(8, 8, 8), false);
        Weights weights = Cases.weights(network);
        for (int layer = 0; layer < 2; layer++) {
            double sum = 0;
            for (float w : weights.matrix(layer)) {
                sum += Math.abs(w);
            }
            for (int i = 0; i < 64; i++) {
                weights.matrix(layer)[i] *= (float) (64 / sum);
            }
        }
        assertThat(Cases.prune(NORMALISED, Scope.GLOBAL, weights, 0.4))
                .isEqualTo(Cases.prune(Criterion.MAGNITUDE, Scope.GLOBAL, weights, 0.4));
        // A layer of a tenth of the size: plain magnitude empties it first, the normalised one does not.
        for (int i = 0; i < 64; i++) {
            weights.matrix(1)[i] /= 10;
        }
        assertThat(Cases.prune(Criterion.MAGNITUDE, Scope.GLOBAL, weights, 0.5).count(1))
                .isLessThan(16);
        assertThat(Cases.prune(NORMALISED, Scope.GLOBAL, weights, 0.5).count(1)).isBetween(20, 44);
    }

    @Test
    void theMeanOfAllCountsPrunedWeights() {
        Architecture network = new Architecture(List.of(2, 2), false);
        Weights weights = new Weights(network);
        System.arraycopy(new float[] {4, 2, 0, 0}, 0, weights.matrix(0), 0, 4);
        BitSet kept = new BitSet();
        kept.set(0, 2);
        Mask half = Mask.of(network, new BitSet[] {kept});
        double[][] scores = new double[2][];
        for (NormalisedMagnitude.Mean mean : NormalisedMagnitude.Mean.values()) {
            Criterion probe = new Criterion() {
                @Override
                public String name() {
                    return "probe";
                }

                @Override
                public float[] scores(org.espalier.prune.PruningContext context, int layer) {
                    scores[mean.ordinal()] = new NormalisedMagnitude(mean).precise(context, layer);
                    return new float[4];
                }
            };
            new Pruner(probe, Scope.LAYER, CountingRule.EXACT).prune(half, weights, List.of(0.0), Cases.STREAM);
        }
        assertThat(scores[0]).containsExactly(4.0 / 3, 2.0 / 3, 0, 0);
        assertThat(scores[1]).containsExactly(4 / 1.5, 2 / 1.5, 0, 0);
    }

    @Test
    void aFloorHoldsWeightsBackAndOtherLayersLoseThem() {
        Architecture network = new Architecture(List.of(5, 4, 3), false);
        Weights weights = Cases.weights(network);
        for (int i = 0; i < 12; i++) {
            weights.matrix(1)[i] = 1e-6f * (i + 1);
        }
        Mask none = magnitude(weights, Scope.GLOBAL, 0.5, OptionalInt.of(0), Pruner.Ties.POSITION);
        assertThat(none.count(1)).isZero();
        Mask three = magnitude(weights, Scope.GLOBAL, 0.5, OptionalInt.of(3), Pruner.Ties.POSITION);
        assertThat(three.count(1)).isEqualTo(3);
        assertThat(three.survivors(1).stream()).containsExactly(9, 10, 11);
        assertThat(three.count()).isEqualTo(16).isEqualTo(none.count());
        assertThat(magnitude(weights, Scope.LAYER, 1, OptionalInt.of(2), Pruner.Ties.POSITION)
                        .count(0))
                .isEqualTo(2);
        assertThat(new Pruner(
                                Criterion.MAGNITUDE,
                                Scope.GLOBAL,
                                CountingRule.EXACT,
                                OptionalInt.of(3),
                                Optional.empty())
                        .survivors(network, List.of(List.of(1.0, 1.0))))
                .containsExactly(32, 6);
    }

    @Test
    void randomTiesGoByTheStreamAndKeepTheCount() {
        Architecture network = new Architecture(List.of(20, 10), false);
        Weights same = new Weights(network);
        Arrays.fill(same.matrix(0), 1);
        Mask byPosition = magnitude(same, Scope.LAYER, 0.5, OptionalInt.empty(), Pruner.Ties.POSITION);
        Mask drawn = magnitude(same, Scope.LAYER, 0.5, OptionalInt.empty(), Pruner.Ties.RANDOM);
        assertThat(byPosition.survivors(0).nextSetBit(0)).isEqualTo(100);
        assertThat(drawn.count()).isEqualTo(100);
        int early = drawn.survivors(0).get(0, 100).cardinality();
        assertThat(early).isBetween(35, 65);
        assertThat(magnitude(same, Scope.LAYER, 0.5, OptionalInt.empty(), Pruner.Ties.RANDOM))
                .isEqualTo(drawn);
        // Ties decide only where scores are equal.
        Weights weights = Cases.weights(network);
        assertThat(magnitude(weights, Scope.LAYER, 0.5, OptionalInt.empty(), Pruner.Ties.RANDOM))
                .isEqualTo(magnitude(weights, Scope.LAYER, 0.5, OptionalInt.empty(), Pruner.Ties.POSITION));
    }

    @Test
    void theScopeOfNeuronsKeepsAsManyInEachRow() {
        Architecture network = new Architecture(List.of(10, 6, 4), false);
        Mask mask = magnitude(Cases.weights(network), Scope.NEURON, 0.7, OptionalInt.empty(), Pruner.Ties.POSITION);
        for (int row = 0; row < 6; row++) {
            assertThat(mask.survivors(0).get(row * 10, row * 10 + 10).cardinality())
                    .isEqualTo(3);
        }
        for (int row = 0; row < 4; row++) {
            assertThat(mask.survivors(1).get(row * 6, row * 6 + 6).cardinality())
                    .isEqualTo(2);
        }
        assertThat(new Pruner(Criterion.MAGNITUDE, Scope.NEURON, CountingRule.EXACT)
                        .survivors(network, List.of(List.of(0.7, 0.7))))
                .containsExactly(84, 18 + 8);
    }

    @Test
    void independentRandomMasksOverlapAsTheirDensitySays() {
        Architecture network = new Architecture(List.of(300, 200), false);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Cases.STREAM);
        double[][] expected = {{0.513, 0.345}, {0.169, 0.0923}, {0.087, 0.0455}, {0.036, 0.0183}};
        for (double[] pair : expected) {
            BitSet[] masks = new BitSet[2];
            for (int seed = 0; seed < 2; seed++) {
                masks[seed] = new Pruner(Criterion.RANDOM, Scope.LAYER, CountingRule.EXACT)
                        .prune(Mask.dense(network), weights, List.of(1 - pair[0]), Stream.root(seed))
                        .survivors(0);
            }
            BitSet both = (BitSet) masks[0].clone();
            both.and(masks[1]);
            BitSet either = (BitSet) masks[0].clone();
            either.or(masks[1]);
            double overlap = (double) both.cardinality() / either.cardinality();
            assertThat(overlap).as("density %s", pair[0]).isCloseTo(pair[1], within(0.01));
            assertThat(masks[0]).isNotEqualTo(masks[1]);
        }
    }

    @Test
    void snipItsRoundsHaveThePublishedSparsities() {
        SnipIt snip = new SnipIt(512, 5, 5, LossChoice.NATURAL, ScoredWeights.INITIAL);
        assertThat(snip.rounds()).isEqualTo(7);
        sparsities(snip, 0.95, .5, .725, .8375, .89375, .921875, .9359375, .95);
        sparsities(snip, 0.99, .5, .745, .8675, .92875, .959375, .9746875, .99);
    }

    private static void sparsities(SnipIt snip, double sparsity, double... expected) {
        for (int round = 1; round <= 7; round++) {
            assertThat(1 - snip.kept(1 - sparsity, round)).isCloseTo(expected[round - 1], within(1e-12));
        }
    }

    @Test
    void snipItMeasuresAnewOnWhatEachRoundLeft() {
        Weights weights = Cases.weights(Cases.SMALL);
        SnipIt rounds = new SnipIt(200, 1, 5, LossChoice.NATURAL, ScoredWeights.INITIAL);
        Snip once = new Snip(200, 1, LossChoice.NATURAL, ScoredWeights.INITIAL);
        Mask several = Cases.prune(rounds, Scope.GLOBAL, weights, 0.8);
        assertThat(several.count()).isEqualTo(12); // 62 less round(49.6)
        assertThat(several).isNotEqualTo(Cases.prune(once, Scope.GLOBAL, weights, 0.8));
    }
}
