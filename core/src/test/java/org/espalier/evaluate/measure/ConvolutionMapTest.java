package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the matrix of the whole map. */
class ConvolutionMapTest {
    private static double[] kernel(Operation.Conv2d convolution) {
        double[] kernel =
                new double[convolution.outputs() * convolution.inputs() * convolution.kernel() * convolution.kernel()];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = Stream.root(1).uniform(i) - 0.4;
        }
        return kernel;
    }

    /** Singular values of y = A x, A written out; images are circular or have zeros around them. */
    private static double[] whole(Operation.Conv2d k, double[] kernel, int height, int width, boolean circular) {
        int down = circular ? height / k.stride() : (height + 2 * k.padding() - k.kernel()) / k.stride() + 1;
        int across = circular ? width / k.stride() : (width + 2 * k.padding() - k.kernel()) / k.stride() + 1;
        int wide = k.inputs() * height * width;
        double[] matrix = new double[k.outputs() * down * across * wide];
        for (int o = 0; o < k.outputs(); o++) {
            for (int r = 0; r < down; r++) {
                for (int c = 0; c < across; c++) {
                    for (int i = 0; i < k.inputs(); i++) {
                        for (int a = 0; a < k.kernel(); a++) {
                            for (int b = 0; b < k.kernel(); b++) {
                                int row = r * k.stride() + a - k.padding();
                                int column = c * k.stride() + b - k.padding();
                                if (circular) {
                                    row = Math.floorMod(row, height);
                                    column = Math.floorMod(column, width);
                                } else if (row < 0 || row >= height || column < 0 || column >= width) {
                                    continue;
                                }
                                matrix[((o * down + r) * across + c) * wide + (i * height + row) * width + column] +=
                                        kernel[((o * k.inputs() + i) * k.kernel() + a) * k.kernel() + b];
                            }
                        }
                    }
                }
            }
        }
        return SingularValues.of(matrix, k.outputs() * down * across, wide, 1).values();
    }

    @ParameterizedTest
    @CsvSource({
        "2, 3, 3, 1, 1, 4, 6",
        "3, 2, 3, 1, 1, 5, 4",
        "2, 3, 3, 2, 1, 4, 6",
        "1, 5, 5, 2, 2, 6, 6",
        "2, 2, 1, 1, 0, 3, 3",
        "1, 2, 4, 2, 1, 8, 6"
    })
    void valuesAreThoseOfTheWholeMatrix(
            int inputs, int outputs, int side, int stride, int padding, int height, int width) {
        Operation.Conv2d convolution = new Operation.Conv2d(inputs, outputs, side, stride, padding, false);
        double[] kernel = kernel(convolution);
        ConvolutionMap found = ConvolutionMap.of(kernel, convolution, height, width);
        double[] expected = whole(convolution, kernel, height, width, true);
        assertThat(found.values()).hasSize(expected.length).containsExactly(expected, within(1e-11));
        assertThat(found.live()).isEqualTo(expected.length);
        double norm = whole(convolution, kernel, height, width, false)[0];
        assertThat(found.least()).isBetween(0.999 * norm, norm + 1e-12);
        assertThat(found.most()).isBetween(norm - 1e-12, 2 * norm);
    }

    @Test
    void anImageThatTheStrideDoesNotDivideIsRoundedUpAndTheNormStaysBelow() {
        Operation.Conv2d convolution = new Operation.Conv2d(2, 3, 3, 2, 1, false);
        double[] kernel = kernel(convolution);
        ConvolutionMap found = ConvolutionMap.of(kernel, convolution, 5, 7);
        assertThat(found.rows()).isEqualTo(6);
        assertThat(found.columns()).isEqualTo(8);
        double norm = whole(convolution, kernel, 5, 7, false)[0];
        assertThat(found.least()).isBetween(0.999 * norm, norm + 1e-12);
        assertThat(found.most()).isGreaterThanOrEqualTo(norm - 1e-12);
    }

    @Test
    void aBoxOfOnesHasItsAreaAndTheZeroFrequencyOfPairs() {
        Operation.Conv2d box = new Operation.Conv2d(1, 1, 3, 1, 1, false);
        double[] ones = new double[9];
        java.util.Arrays.fill(ones, 1);
        ConvolutionMap found = ConvolutionMap.of(ones, box, 8, 8);
        assertThat(found.largest()).isCloseTo(9, within(1e-13));
        // (1 + 2 cos)(1 + 2 cos) over a grid of eighths of a turn: the least is the square of 1 - sqrt(2).
        assertThat(found.smallest()).isCloseTo(Math.pow(Math.sqrt(2) - 1, 2), within(1e-13));
        assertThat(found.condition()).isCloseTo(9 / Math.pow(Math.sqrt(2) - 1, 2), within(1e-10));
    }

    @Test
    void prunedWeightsCountAsZerosAndDeadChannelsNotAtAll() {
        Architecture architecture = new Architecture(new GraphBuilder(Shape.of(2, 4, 4))
                .conv("c", 3, 3, 1, 1, true)
                .linear("out", 2)
                .build());
        Weights weights = new Weights(architecture);
        for (int i = 0; i < 54; i++) {
            weights.matrix(0)[i] = (float) (Stream.root(1).uniform(i) - 0.4);
        }
        BitSet survivors = new BitSet();
        survivors.set(0, 9); // of the first channel, from the first input
        survivors.set(36, 45); // of the third one
        BitSet all = new BitSet();
        all.set(0, architecture.weights(1));
        ConvolutionMap found = ConvolutionMap.of(weights, Mask.of(architecture, new BitSet[] {survivors, all}), 0);
        assertThat(found.live()).isEqualTo(16); // one live input
        assertThat(found.values()).hasSize(32);
        assertThat(found.values()[16]).isCloseTo(0, within(1e-12));
        assertThat(found.condition()).isGreaterThan(1).isLessThan(1e6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConvolutionMap.of(weights, Mask.dense(architecture), 1))
                .withMessage("layer out is no convolution");
        assertThat(ConvolutionMap.of(new Weights(architecture), Mask.dense(architecture), 0)
                        .condition())
                .isNaN();
        assertThat(List.of(found.rows(), found.columns())).containsExactly(4, 4);
    }
}
