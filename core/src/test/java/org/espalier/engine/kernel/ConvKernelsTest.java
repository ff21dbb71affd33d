package org.espalier.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.espalier.engine.kernel.ConvCase.Shape;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.scalar.ScalarConvKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Convolutions at awkward sizes: near the same in float64, and the same bits whatever the kernel. */
class ConvKernelsTest {
    private static final ConvKernels SCALAR = new ScalarConvKernels();
    private static final ConvKernels CHOSEN = KernelChoice.chosen().convolutions();

    /** Channels, outputs, height, width, kernel's height and width, stride, padding, hundredths that survive, panels. */
    static final List<Shape> SHAPES = List.of(
            new Shape(1, 1, 1, 1, 1, 1, 1, 0, 100, 1),
            new Shape(1, 1, 1, 1, 3, 3, 1, 1, 60, 1),
            new Shape(2, 3, 2, 3, 5, 4, 1, 2, 50, 3), // a kernel larger than the image
            new Shape(1, 16, 8, 8, 4, 4, 2, 1, 20, 1),
            new Shape(3, 5, 7, 9, 3, 3, 1, 1, 100, 1),
            new Shape(17, 10, 5, 4, 3, 2, 2, 0, 30, 1),
            new Shape(4, 17, 7, 7, 3, 3, 3, 1, 10, 3),
            new Shape(2, 7, 6, 11, 1, 1, 1, 0, 50, 1),
            new Shape(5, 9, 9, 3, 2, 1, 3, 0, 5, 1),
            new Shape(1, 13, 3, 22, 3, 5, 1, 2, 50, 1),
            new Shape(40, 8, 4, 5, 3, 3, 1, 1, 40, 1)); // inputs of a tile exceed the nearest cache

    @ParameterizedTest
    @FieldSource("SHAPES")
    void forwardIsTheConvolution(Shape shape) {
        ConvCase c = new ConvCase(shape, 1);
        for (Epilogue finish : Epilogue.values()) {
            for (boolean biased : new boolean[] {true, false}) {
                double[] expected = c.expectedForward(finish, biased);
                float[] scalar = c.forward(SCALAR, false, finish, biased);
                near(scalar, expected);
                same(c.forward(SCALAR, true, finish, biased), scalar);
                same(c.forward(CHOSEN, false, finish, biased), scalar);
                same(c.forward(CHOSEN, true, finish, biased), scalar);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void inputGradientIsTheReverse(Shape shape) {
        ConvCase c = new ConvCase(shape, 2);
        for (Epilogue finish : Epilogue.values()) {
            float[] scalar = c.inputGradient(SCALAR, false, finish);
            near(scalar, c.expectedInputGradient(finish));
            same(c.inputGradient(SCALAR, true, finish), scalar);
            same(c.inputGradient(CHOSEN, false, finish), scalar);
            same(c.inputGradient(CHOSEN, true, finish), scalar);
        }
    }

    @ParameterizedTest
    @FieldSource("SHAPES")
    void weightGradientIsTheSumOverTheBatch(Shape shape) {
        ConvCase c = new ConvCase(shape, 3);
        for (boolean sparse : new boolean[] {false, true}) {
            float[] scalar = c.weightGradient(SCALAR, sparse);
            near(scalar, c.expectedWeightGradient(sparse));
            same(c.weightGradient(CHOSEN, sparse), scalar);
        }
        assertThat(kept(c, c.weightGradient(SCALAR, false))).isEqualTo(kept(c, c.weightGradient(SCALAR, true)));
    }

    /** With zeros where weights are pruned, so that dense and sparse gradients can be compared. */
    private static float[] kept(ConvCase c, float[] gradients) {
        float[] kept = gradients.clone();
        for (int i = 0; i < c.weights.length; i++) {
            kept[i] = c.weights[i] == 0 ? 0 : kept[i];
        }
        return kept;
    }

    private static void near(float[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("value " + i).isCloseTo(expected[i], within(expected[i]));
        }
    }

    private static Offset<Double> within(double expected) {
        return Offset.offset(1e-4 + 1e-4 * Math.abs(expected));
    }

    /** Bit by bit: a zero's sign counts. */
    private static void same(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Float.floatToRawIntBits(actual[i]))
                    .as("value " + i + ": " + actual[i] + " and " + expected[i])
                    .isEqualTo(Float.floatToRawIntBits(expected[i]));
        }
    }
}
