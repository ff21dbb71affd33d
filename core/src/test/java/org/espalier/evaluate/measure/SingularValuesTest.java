package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Singular values against closed forms. */
class SingularValuesTest {
    @Test
    void ofTwoByTwoTheyAreThoseOfTheClosedForm() {
        SingularValues found = SingularValues.of(new double[] {1, 2, 3, 4}, 2, 2, 1);
        // Their squares are 15 +- sqrt(221).
        assertThat(found.values()[0]).isCloseTo(Math.sqrt(15 + Math.sqrt(221)), within(1e-14));
        assertThat(found.values()[1]).isCloseTo(Math.sqrt(15 - Math.sqrt(221)), within(1e-14));
        assertThat(found.condition()).isCloseTo((15 + Math.sqrt(221)) / 2, within(1e-12)); // |det| is 2
        assertThat(found.mapBound()).isEqualTo(found.largest());
    }

    @Test
    void bothOrientationsHaveTheSameValuesAndTheNormIsKept() {
        double[] wide = new double[7 * 12];
        double[] tall = new double[wide.length];
        double squares = 0;
        for (int r = 0; r < 7; r++) {
            for (int c = 0; c < 12; c++) {
                wide[r * 12 + c] = Stream.root(1).uniform(r * 12 + c) - 0.5;
                tall[c * 7 + r] = wide[r * 12 + c];
                squares += wide[r * 12 + c] * wide[r * 12 + c];
            }
        }
        double[] one = SingularValues.of(wide, 7, 12, 1).values();
        double[] other = SingularValues.of(tall, 12, 7, 1).values();
        assertThat(one).hasSize(7).containsExactly(other, within(1e-13));
        assertThat(Arrays.stream(one).map(value -> value * value).sum()).isCloseTo(squares, within(1e-12));
    }

    @Test
    void smallValuesKeepTheirPrecision() {
        // Orthogonal columns times 1 and 1e-9, mixed by a rotation: a Gram matrix would lose the small one.
        double s = Math.sqrt(0.5);
        SingularValues found = SingularValues.of(new double[] {s, s, -1e-9 * s, 1e-9 * s}, 2, 2, 1);
        assertThat(found.values()[1]).isCloseTo(1e-9, within(1e-20));
        assertThat(found.condition()).isCloseTo(1e9, within(1e-3));
    }

    @Test
    void rowsWithoutWeightsDoNotCountInTheCondition() {
        Architecture architecture = new Architecture(List.of(3, 2), false);
        Weights weights = new Weights(architecture);
        System.arraycopy(new float[] {3, 0, 4, 1, 1, 1}, 0, weights.matrix(0), 0, 6);
        BitSet first = new BitSet();
        first.set(0, 3);
        SingularValues found = SingularValues.of(weights, Mask.of(architecture, new BitSet[] {first}), 0);
        assertThat(found.values()).containsExactly(new double[] {5, 0}, within(1e-15));
        assertThat(found.live()).isEqualTo(1);
        assertThat(found.condition()).isEqualTo(1);
        assertThat(SingularValues.of(new double[] {1, 1, 1, 1}, 2, 2, 1).condition())
                .isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(SingularValues.of(new double[4], 2, 2, 1).condition()).isNaN();
    }

    @Test
    void theMapOfAConvolutionIsBoundedWithTheAreaOfItsKernel() {
        // A kernel of nine ones: the map's norm on large images is near 9, the reshaped kernel's value is 3.
        double[] ones = new double[9];
        Arrays.fill(ones, 1);
        SingularValues found = SingularValues.of(ones, 1, 9, 9);
        assertThat(found.largest()).isCloseTo(3, within(1e-15));
        assertThat(found.mapBound()).isCloseTo(9, within(1e-14));
    }
}
