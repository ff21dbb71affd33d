package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.engine.graph.GraphCases;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class SynFlowTest {
    private static final SynFlow SYNFLOW = new SynFlow(100, ScoredWeights.INITIAL);

    /** |W1| = [[1, 2], [3, 4]], |W2| = [1, 2]: R = 17. */
    @Test
    void theFixturesScores() {
        Architecture network = new Architecture(List.of(2, 2, 1), false);
        Weights weights = new Weights(network);
        System.arraycopy(new float[] {1, -2, -3, 4}, 0, weights.matrix(0), 0, 4);
        System.arraycopy(new float[] {-1, 2}, 0, weights.matrix(1), 0, 2);
        double[][] scores = SynFlow.scores(weights);
        assertThat(scores[0]).containsExactly(1, 2, 6, 8);
        assertThat(scores[1]).containsExactly(3, 14);
    }

    @Test
    void layersAndHiddenUnitsConserveTheFlow() {
        Architecture network = new Architecture(List.of(7, 6, 5, 3), false);
        double[][] scores = SynFlow.scores(Cases.weights(network));
        double flow = sum(scores[0], 0, scores[0].length, 1);
        for (int layer = 0; layer < 3; layer++) {
            assertThat(sum(scores[layer], 0, scores[layer].length, 1)).isCloseTo(flow, within(1e-9 * flow));
        }
        for (int layer = 0; layer < 2; layer++) {
            int inputs = network.inputs(layer);
            for (int unit = 0; unit < network.outputs(layer); unit++) {
                double in = sum(scores[layer], unit * inputs, (unit + 1) * inputs, 1);
                double out = sum(scores[layer + 1], unit, scores[layer + 1].length, network.outputs(layer));
                assertThat(in).isCloseTo(out, within(1e-9 * flow));
            }
        }
    }

    private static double sum(double[] values, int from, int to, int step) {
        double sum = 0;
        for (int i = from; i < to; i += step) {
            sum += values[i];
        }
        return sum;
    }

    @Test
    void roundsComeToTheDensityByOnePower() {
        assertThat(SYNFLOW.kept(0.01, 1)).isCloseTo(0.95499, within(5e-6));
        assertThat(SYNFLOW.kept(0.01, 2)).isCloseTo(0.91201, within(5e-6));
        assertThat(SYNFLOW.kept(0.01, 50)).isCloseTo(0.1, within(1e-12));
        assertThat(SYNFLOW.kept(0.01, 99)).isCloseTo(0.01047, within(5e-6));
        assertThat(SYNFLOW.kept(0.01, 100)).isEqualTo(0.01);
    }

    @Test
    void itKeepsTheExactCountAndEmptiesNoLayer() {
        Architecture network = new Architecture(List.of(40, 30, 20, 10), false);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(3));
        Mask mask = Cases.prune(SYNFLOW, Scope.GLOBAL, weights, 0.99);
        assertThat(mask.count()).isEqualTo(20); // of 2,000
        for (int layer = 0; layer < 3; layer++) {
            assertThat(mask.count(layer)).isPositive();
        }
        Mask one = Cases.prune(new SynFlow(1, ScoredWeights.INITIAL), Scope.GLOBAL, weights, 0.99);
        assertThat(one.count()).isEqualTo(20);
        assertThat(one).isNotEqualTo(mask);
    }

    @Test
    void itScoresEveryGraph() {
        GraphCases.all().forEach((name, network) -> {
            Weights weights = GraphCases.weights(network, Mask.dense(network), Cases.STREAM);
            Mask mask = Cases.prune(new SynFlow(5, ScoredWeights.INITIAL), Scope.GLOBAL, weights, 0.5);
            assertThat(mask.count()).as(name).isEqualTo(network.weights() - (network.weights() + 1) / 2);
        });
    }
}
