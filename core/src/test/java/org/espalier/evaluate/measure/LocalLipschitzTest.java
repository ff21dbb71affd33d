package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Local Lipschitz constants: exact where they are known, and the lower side never above the upper. */
class LocalLipschitzTest {
    private static final Stream DRAWS = Stream.root(1).child("lipschitz");

    private static Weights weights(Architecture architecture, float[]... matrices) {
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < matrices.length; layer++) {
            System.arraycopy(matrices[layer], 0, weights.matrix(layer), 0, matrices[layer].length);
        }
        return weights;
    }

    @Test
    void ofALinearNetworkBothSidesAreTheNormOfTheWeights() {
        Architecture linear = new Architecture(List.of(2, 3), false);
        Weights weights = weights(linear, new float[] {3, 0, 0, -4, -9, 9});
        double[] image = {0.5, 0.25};
        LocalLipschitz.Constant linf =
                new LocalLipschitz(weights, Mask.dense(linear), Norm.LINF, 0.1).of(image, 0, 20, DRAWS);
        // Logits 1.5, -1 and -2.25: the other class is 1, the difference of rows (3, 4).
        assertThat(linf).isEqualTo(new LocalLipschitz.Constant(0, 1, 2.5, 7, 7));
        LocalLipschitz.Constant l2 =
                new LocalLipschitz(weights, Mask.dense(linear), Norm.L2, 0.1).of(image, 0, 20, DRAWS);
        assertThat(l2).isEqualTo(new LocalLipschitz.Constant(0, 1, 2.5, 5, 5));
        assertThat(l2.certified(10)).isEqualTo(0.5);
        assertThat(l2.certified(0.1)).isEqualTo(0.1);
    }

    @Test
    void aHiddenUnitThatTheBallSwitchesCountsAbove() {
        // One hidden unit of |x| kind: relu(x) - relu(-x) is x, of slope 1; each ReLU alone has slope 0 or 1 near 0.
        Architecture architecture = new Architecture(List.of(1, 2, 2), false);
        Weights weights = weights(architecture, new float[] {1, -1}, new float[] {1, -1, 0, 0});
        LocalLipschitz near = new LocalLipschitz(weights, Mask.dense(architecture), Norm.LINF, 0.1);
        LocalLipschitz.Constant switched = near.of(new double[] {0.05}, 0, 50, DRAWS);
        assertThat(switched.lower()).isEqualTo(1);
        assertThat(switched.upper()).isEqualTo(2); // both may be on
        LocalLipschitz.Constant decided = near.of(new double[] {0.5}, 0, 50, DRAWS);
        assertThat(decided.lower()).isEqualTo(1);
        assertThat(decided.upper()).isEqualTo(1);
    }

    @Test
    void theLowerSideIsBelowTheUpperAndTheUpperGrowsWithTheBall() {
        Architecture architecture = new Architecture(List.of(6, 9, 7, 4), true);
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < 3; layer++) {
            for (int i = 0; i < weights.matrix(layer).length; i++) {
                weights.matrix(layer)[i] = Stream.root(2).child(layer).uniform(i) - 0.5f;
            }
            for (int i = 0; i < weights.biases(layer).length; i++) {
                weights.biases(layer)[i] = Stream.root(3).child(layer).uniform(i) - 0.5f;
            }
        }
        double[] image = {0.1, 0.9, 0.4, 0.6, 0.2, 0.8};
        for (Norm norm : List.of(Norm.LINF, Norm.L2)) {
            double before = 0;
            for (double epsilon : new double[] {0, 0.01, 0.1, 1}) {
                LocalLipschitz.Constant found =
                        new LocalLipschitz(weights, Mask.dense(architecture), norm, epsilon).of(image, 2, 200, DRAWS);
                assertThat(found.lower()).isLessThanOrEqualTo(found.upper());
                assertThat(found.upper()).isGreaterThanOrEqualTo(before - 1e-12);
                if (epsilon == 0) {
                    assertThat(found.upper()).isCloseTo(found.lower(), within(1e-12));
                }
                before = found.upper();
            }
        }
    }

    @Test
    void otherNormsAreRefused() {
        Architecture linear = new Architecture(List.of(2, 2), false);
        assertThatThrownBy(() -> new LocalLipschitz(new Weights(linear), Mask.dense(linear), Norm.L1, 0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("local Lipschitz constants are in L-infinity or L2, got " + Norm.L1);
    }
}
