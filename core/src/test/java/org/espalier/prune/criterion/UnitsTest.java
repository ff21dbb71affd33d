package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.UserException;
import org.espalier.data.Split;
import org.espalier.engine.graph.GraphCases;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Shrunk;
import org.espalier.network.Units;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.junit.jupiter.api.Test;

class UnitsTest {
    private static Structured structured(Structured.Score score) {
        return new Structured(score, 60, LossChoice.NATURAL, ScoredWeights.TRAINED);
    }

    private static double[][] logits(Weights weights, double[][] inputs) {
        return new DoublePass(weights.architecture().graph(), DoublePass.values(weights), inputs).logits();
    }

    /** Inputs in [0, 1]. */
    private static double[][] inputs(Architecture network) {
        double[][] inputs = new double[4][network.inputs()];
        for (int e = 0; e < inputs.length; e++) {
            for (int i = 0; i < inputs[e].length; i++) {
                inputs[e][i] = Cases.STREAM.child("inputs").child(e).uniform(i);
            }
        }
        return inputs;
    }

    private static boolean hasUnits(Architecture network) {
        Units units = new Units(network);
        for (int layer = 0; layer < network.layers(); layer++) {
            if (units.removable(layer)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theSmallerNetworkOfEveryGraphGivesTheLogitsOfTheMaskedOne() {
        int tried = 0;
        for (Map.Entry<String, Architecture> graph : GraphCases.all().entrySet()) {
            Architecture network = graph.getValue();
            if (!hasUnits(network)) {
                continue;
            }
            for (Structured.Score score : Structured.Score.values()) {
                Weights weights = GraphCases.weights(network, Mask.dense(network), Cases.STREAM);
                Mask mask = Cases.prune(structured(score), Scope.LAYER, weights, 0.5);
                weights.apply(mask);
                Shrunk smaller = Shrunk.of(weights, mask);
                double[][] inputs = inputs(network);
                double[][] masked = logits(weights, inputs);
                double[][] shrunk = logits(smaller.weights(), inputs);
                for (int e = 0; e < inputs.length; e++) {
                    assertThat(shrunk[e])
                            .as("%s by %s", graph.getKey(), score)
                            .containsExactly(masked[e], within(1e-6));
                }
                assertThat(smaller.mask().count()).isLessThanOrEqualTo(mask.count());
                assertThat(smaller.weights().architecture().weights()).isLessThanOrEqualTo(network.weights());
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(20);
    }

    @Test
    void rowsAndColumnsGoTogetherAndNothingElse() {
        Architecture network = new Architecture(List.of(10, 8, 6, 4), false);
        Mask mask = Cases.prune(structured(Structured.Score.L1), Scope.LAYER, Cases.weights(network), 0.5);
        // 4 and 3 units are left: 10 x 4, 4 x 3 and 3 x 4 weights.
        assertThat(mask.count(0)).isEqualTo(40);
        assertThat(mask.count(1)).isEqualTo(12);
        assertThat(mask.count(2)).isEqualTo(12);
        Shrunk smaller = Shrunk.of(Cases.weights(network), mask);
        assertThat(smaller.weights().architecture()).isEqualTo(new Architecture(List.of(10, 4, 3, 4), false));
        assertThat(smaller.mask().density()).isEqualTo(1);
        assertThat(smaller.count()).isEqualTo(4 + 3 + 4);
        int[] planned = new Pruner(structured(Structured.Score.L1), Scope.LAYER, CountingRule.EXACT)
                .survivors(network, List.of(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5)));
        // 2 and 1 units, as 1.5 rounds to 2 that go: 10 x 2, 2 x 1 and 1 x 4.
        assertThat(planned).containsExactly(80 + 48 + 24, 64, 26);
    }

    @Test
    void theSmallestRowsGoByL1() {
        Architecture network = new Architecture(List.of(2, 3, 2), false);
        Weights weights = new Weights(network);
        System.arraycopy(new float[] {1, -5, 2, 2, -3, 4}, 0, weights.matrix(0), 0, 6);
        Arrays.fill(weights.matrix(1), 1);
        Mask mask = Cases.prune(structured(Structured.Score.L1), Scope.LAYER, weights, 1.0 / 3);
        assertThat(mask.bytes(0)).containsExactly(1, 1, 0, 0, 1, 1);
        assertThat(mask.bytes(1)).containsExactly(1, 0, 1, 1, 0, 1);
    }

    @Test
    void aGatesSlopeIsThatOfTheLossBehindTheBias() {
        Weights weights = Cases.weights(Cases.SMALL);
        Split data = Cases.data(6, 3, 120);
        Structured snap = structured(Structured.Score.SNAP);
        Cases.inside(snap, weights, PruningResources.Loss.NATURAL, context -> {
            int[] images = context.sample(60);
            double[] scores = snap.units(context, 0);
            for (int unit = 0; unit < 5; unit++) {
                double step = 1e-6;
                double slope =
                        (gated(weights, unit, 1 + step, data, images) - gated(weights, unit, 1 - step, data, images))
                                / (2 * step);
                assertThat(scores[unit]).isCloseTo(Math.abs(slope), within(1e-4 * Math.abs(slope) + 1e-6));
            }
        });
    }

    private static double gated(Weights weights, int unit, double gate, Split data, int[] images) {
        Map<String, double[]> parameters = DoublePass.values(weights);
        double[] matrix = Objects.requireNonNull(parameters.get("layers.0.weight"));
        for (int i = unit * 6; i < (unit + 1) * 6; i++) {
            matrix[i] *= gate;
        }
        Objects.requireNonNull(parameters.get("layers.0.bias"))[unit] *= gate;
        return SnipTest.loss(Cases.SMALL, parameters, data, images);
    }

    @Test
    void snapItTakesOutTheUnitsThatItsFractionSaysAndLeavesOneInALayer() {
        Architecture network = new Architecture(List.of(12, 20, 20, 3), true);
        SnapIt snap = new SnapIt(60, 1, 5, LossChoice.NATURAL, ScoredWeights.INITIAL);
        Mask mask = Cases.prune(snap, Scope.GLOBAL, Cases.weights(network), 0.9);
        Units units = new Units(network);
        int left = units.present(Cases.survivors(mask), 0).cardinality()
                + units.present(Cases.survivors(mask), 1).cardinality();
        assertThat(left).isEqualTo(4); // of 40
        Mask all = Cases.prune(snap, Scope.GLOBAL, Cases.weights(network), 1);
        assertThat(units.present(Cases.survivors(all), 0).cardinality()).isEqualTo(1);
        assertThat(units.present(Cases.survivors(all), 1).cardinality()).isEqualTo(1);
    }

    @Test
    void cnipPrunesTheExactNumberOfWeightsAndWholeUnitsAmongThem() {
        Architecture network = new Architecture(List.of(12, 20, 20, 3), true);
        Cnip cnip = new Cnip(60, 1, 5, LossChoice.NATURAL, ScoredWeights.INITIAL);
        Mask mask = Cases.prune(cnip, Scope.GLOBAL, Cases.weights(network), 0.9);
        assertThat(mask.count()).isEqualTo(70); // of 700
        for (int layer = 0; layer < 3; layer++) {
            assertThat(mask.count(layer)).isPositive();
        }
        Units units = new Units(network);
        assertThat(units.present(Cases.survivors(mask), 0).cardinality()).isLessThan(20);
    }

    @Test
    void aNetworkWithoutHiddenUnitsIsRefused() {
        Criterion l1 = structured(Structured.Score.L1);
        assertThatThrownBy(() ->
                        Cases.prune(l1, Scope.LAYER, Cases.weights(new Architecture(List.of(4, 3), false)), 0.5))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("takes out hidden units");
    }
}
