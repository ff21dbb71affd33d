package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class ExtremeValueTest {
    /** Draws of the distribution itself, by inversion. */
    private static double[] draws(int count, double location, double shape, double scale) {
        double[] draws = new double[count];
        for (int i = 0; i < count; i++) {
            double u = (i + 0.5) / count;
            draws[i] = location - scale * Math.pow(-Math.log(u), 1 / shape);
        }
        return draws;
    }

    @Test
    void theFitFindsTheDistributionThatItsSampleIsOf() {
        ExtremeValue found = ExtremeValue.of(draws(2000, 5, 4, 2));
        assertThat(found.location()).isCloseTo(5, within(0.1));
        assertThat(found.shape()).isCloseTo(4, within(0.3));
        assertThat(found.scale()).isCloseTo(2, within(0.1));
        assertThat(found.chance()).isGreaterThan(0.9);
        // The largest draw is below the limit.
        assertThat(found.location()).isGreaterThan(draws(2000, 5, 4, 2)[1999]);
    }

    @Test
    void aPoorFitGivesTheLargestMaximum() {
        double[] two = new double[400];
        for (int i = 0; i < 400; i++) {
            two[i] = (i % 2) + 1e-3 * Stream.root(1).uniform(i);
        }
        ExtremeValue found = ExtremeValue.of(two);
        assertThat(found.chance()).isLessThan(0.001);
        assertThat(found.location())
                .isEqualTo(java.util.Arrays.stream(two).max().orElseThrow());
    }

    @Test
    void ofALinearNetworkItIsTheNormOfTheWeights() {
        Architecture linear = new Architecture(List.of(2, 3), false);
        Weights weights = new Weights(linear);
        System.arraycopy(new float[] {3, 0, 0, -4, -9, 9}, 0, weights.matrix(0), 0, 6);
        LocalLipschitz lipschitz = new LocalLipschitz(weights, Mask.dense(linear), Norm.LINF, 0.1);
        double[] image = {0.5, 0.25};
        LocalLipschitz.Clever found =
                lipschitz.clever(image, lipschitz.of(image, 0, 20, Stream.root(1)), 5, 20, Stream.root(1));
        assertThat(found.constant()).isEqualTo(7);
        assertThat(found.chance()).isEqualTo(1);
        assertThat(found.radius(0.1)).isEqualTo(0.1);
        assertThat(found.radius(1)).isCloseTo(2.5 / 7, within(1e-15));
    }

    @Test
    void itIsNotBelowTheGradientsThatItIsFittedTo() {
        Architecture architecture = new Architecture(List.of(6, 9, 7, 4), true);
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < 3; layer++) {
            for (int i = 0; i < weights.matrix(layer).length; i++) {
                weights.matrix(layer)[i] = (float) (Stream.root(7).child(layer).uniform(i) - 0.5);
            }
        }
        LocalLipschitz lipschitz = new LocalLipschitz(weights, Mask.dense(architecture), Norm.L2, 0.5);
        double[] image = {0.1, 0.9, 0.4, 0.6, 0.2, 0.7};
        LocalLipschitz.Constant sides = lipschitz.of(image, 1, 10, Stream.root(2));
        LocalLipschitz.Clever one = lipschitz.clever(image, sides, 20, 30, Stream.root(2));
        assertThat(one).isEqualTo(lipschitz.clever(image, sides, 20, 30, Stream.root(2)));
        assertThat(one.constant()).isPositive();
        assertThat(one.largest()).isLessThanOrEqualTo(one.constant());
    }
}
