package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.espalier.engine.graph.GraphCases;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Empirical local Lipschitz constants: exact where they are known, and ratios of points elsewhere. */
class EmpiricalLipschitzTest {
    private static final Stream DRAWS = Stream.root(1).child("ratio");

    private static double[] grey(int inputs) {
        double[] image = new double[inputs];
        Arrays.fill(image, 0.5);
        return image;
    }

    /** Of one row r times 1 and -2, |f(x) - f(x')|_1 is 3 |r d|, at most 3 |r|_1 |d|_inf. */
    @Test
    void ofALinearNetworkItIsTheLargestRatio() {
        Architecture linear = new Architecture(List.of(4, 2), true);
        Weights weights = new Weights(linear);
        float[] rows = {1, -2, 0.5f, -0.25f, -2, 4, -1, 0.5f};
        System.arraycopy(rows, 0, weights.matrix(0), 0, rows.length);
        weights.biases(0)[0] = 7;
        double found = new EmpiricalLipschitz(weights, Mask.dense(linear), 0.1, 10).of(grey(4), DRAWS);
        assertThat(found).isCloseTo(3 * 3.75, within(1e-9));
    }

    /** With one sign everywhere the largest ratio is the sum of all weights; a pruned weight does not count. */
    @Test
    void prunedWeightsDoNotCount() {
        Architecture linear = new Architecture(List.of(3, 2), false);
        Weights weights = new Weights(linear);
        float[] rows = {1, 2, 3, 4, 5, 6};
        System.arraycopy(rows, 0, weights.matrix(0), 0, rows.length);
        Mask mask = Mask.of(linear, new byte[][] {{1, 1, 0, 1, 1, 1}});
        assertThat(new EmpiricalLipschitz(weights, mask, 0.2, 10).of(grey(3), DRAWS))
                .isCloseTo(18, within(1e-9));
    }

    /** At the lower edge of the pixels' range x' can only be above x. */
    @Test
    void pointsStayWithinThePixelsRange() {
        Architecture linear = new Architecture(List.of(2, 2), false);
        Weights weights = new Weights(linear);
        float[] rows = {1, -1, 0, 0};
        System.arraycopy(rows, 0, weights.matrix(0), 0, rows.length);
        double found = new EmpiricalLipschitz(weights, Mask.dense(linear), 0.1, 20).of(new double[] {0, 0}, DRAWS);
        assertThat(found).isCloseTo(1, within(1e-9)); // 2 in the middle of the range
        assertThat(new EmpiricalLipschitz(weights, Mask.dense(linear), 0.1, 20).of(new double[] {0.5, 0.5}, DRAWS))
                .isCloseTo(2, within(1e-9));
    }

    /** PGD finds a larger ratio than random corners have in the mean, on every kind of layer. */
    @Test
    void ofEveryNetworkItIsAboveRandomPoints() {
        for (Map.Entry<String, Architecture> each : GraphCases.all().entrySet()) {
            Architecture network = each.getValue();
            Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(4));
            double[] image = grey(network.inputs());
            double epsilon = 0.05;
            double found = new EmpiricalLipschitz(weights, Mask.dense(network), epsilon, 20).of(image, DRAWS);
            Map<String, double[]> parameters = DoublePass.values(weights);
            double[][] points = new double[9][];
            points[0] = image;
            for (int p = 1; p < points.length; p++) {
                points[p] = image.clone();
                for (int i = 0; i < image.length; i++) {
                    points[p][i] += DRAWS.child(p).below(2, i) == 0 ? epsilon : -epsilon;
                }
            }
            double[][] logits = new DoublePass(network.graph(), parameters, points).logits();
            double random = 0;
            for (int p = 1; p < points.length; p++) {
                double moved = 0;
                for (int c = 0; c < network.classes(); c++) {
                    moved += Math.abs(logits[p][c] - logits[0][c]);
                }
                random += moved / epsilon / (points.length - 1);
            }
            assertThat(found).as(each.getKey()).isGreaterThan(random);
        }
    }

    @Test
    void refusesABallWithoutRadius() {
        Architecture linear = new Architecture(List.of(2, 2), false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EmpiricalLipschitz(new Weights(linear), Mask.dense(linear), 0, 10))
                .withMessageContaining("radius above 0");
    }
}
