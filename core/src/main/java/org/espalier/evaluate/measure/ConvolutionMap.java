package org.espalier.evaluate.measure;

import java.util.Arrays;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;

/**
 * Singular values of the linear map that a convolution is, pruned weights being 0, without its bias.
 *
 * <p>On circular images a Fourier transform splits the map into one small matrix for each frequency of the output: Sedghi, Gupta and
 * Long, "The singular values of convolutional layers" (2019). With a stride s the s^2 frequencies of the input that fall on one of the
 * output stand side by side, divided by s. On images with zeros around them only the norm is bounded. From above by the largest value on
 * circular images that are as large as the padded one: the map is a part of that one's matrix. From below by power iteration.
 *
 * @param rows of the image that the values are of: the layer's, rounded up to a multiple of the stride
 * @param columns of it
 * @param values of the circular map, descending: of each frequency as many as the shorter side of its matrix
 * @param live values that channels with a weight other than 0 can have; the others are 0
 * @param least norm on images with zeros around them: a lower bound
 * @param most an upper bound, apart from rounding
 */
public record ConvolutionMap(int rows, int columns, double[] values, int live, double least, double most) {
    private static final int POWER_STEPS = 100;

    /**
     * Of a layer of a network, on the images that it reads there.
     *
     * @throws IllegalArgumentException if the layer is no convolution
     */
    public static ConvolutionMap of(Weights weights, Mask mask, int layer) {
        Architecture architecture = mask.architecture();
        Graph.Node node = architecture.graph().node(architecture.node(layer));
        if (!(node.operation() instanceof Operation.Conv2d convolution)) {
            throw new IllegalArgumentException("layer " + node.name() + " is no convolution");
        }
        Shape image = architecture.graph().shape(node.inputs().getFirst());
        float[] matrix = weights.matrix(layer);
        double[] kept = new double[matrix.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = mask.keeps(layer, i) ? matrix[i] : 0;
        }
        return of(kept, convolution, image.size(1), image.size(2));
    }

    /**
     * Of a kernel.
     *
     * @param kernel (output, input, row, column)
     */
    static ConvolutionMap of(double[] kernel, Operation.Conv2d convolution, int height, int width) {
        int stride = convolution.stride();
        int rows = Math.ceilDiv(height, stride) * stride;
        int columns = Math.ceilDiv(width, stride) * stride;
        double[] values = circular(kernel, convolution, rows, columns);
        int outputs = 0;
        for (int o = 0; o < convolution.outputs(); o++) {
            outputs += any(kernel, convolution, o, -1) ? 1 : 0;
        }
        int inputs = 0;
        for (int i = 0; i < convolution.inputs(); i++) {
            inputs += any(kernel, convolution, -1, i) ? 1 : 0;
        }
        int live = rows / stride * (columns / stride) * Math.min(outputs, stride * stride * inputs);
        double most = circular(
                kernel,
                convolution,
                Math.ceilDiv(height + 2 * convolution.padding(), stride) * stride,
                Math.ceilDiv(width + 2 * convolution.padding(), stride) * stride)[0];
        return new ConvolutionMap(
                rows, columns, values, live, new Padded(kernel, convolution, height, width).norm(), most);
    }

    /** The largest value on circular images. */
    public double largest() {
        return values[0];
    }

    /** The smallest value that live channels have, 0 without a live one. */
    public double smallest() {
        return live == 0 ? 0 : values[live - 1];
    }

    /** Largest over smallest; infinite where the smallest is below 1e-12 of the largest, NaN without a weight other than 0. */
    public double condition() {
        if (live == 0 || largest() == 0) {
            return Double.NaN;
        }
        return smallest() <= 1e-12 * largest() ? Double.POSITIVE_INFINITY : largest() / smallest();
    }

    /** Whether a channel has a weight other than 0; -1 stands for all channels. */
    private static boolean any(double[] kernel, Operation.Conv2d convolution, int output, int input) {
        int area = convolution.kernel() * convolution.kernel();
        for (int at = 0; at < kernel.length; at++) {
            int i = at / area % convolution.inputs();
            int o = at / area / convolution.inputs();
            if (kernel[at] != 0 && (output < 0 || output == o) && (input < 0 || input == i)) {
                return true;
            }
        }
        return false;
    }

    /** All values on circular images, descending. */
    private static double[] circular(double[] kernel, Operation.Conv2d convolution, int rows, int columns) {
        int stride = convolution.stride();
        int down = rows / stride;
        int across = columns / stride;
        int outputs = convolution.outputs();
        int inputs = convolution.inputs() * stride * stride;
        int each = Math.min(outputs, inputs);
        double[] values = new double[down * across * each];
        for (int u = 0; u < down; u++) {
            for (int v = 0; v < across; v++) {
                // The matrix of the opposite frequency is the conjugate and has the same values.
                int opposite = Math.floorMod(-u, down) * across + Math.floorMod(-v, across);
                int here = u * across + v;
                if (opposite < here) {
                    System.arraycopy(values, opposite * each, values, here * each, each);
                    continue;
                }
                double[] twice = SingularValues.of(
                                real(kernel, convolution, rows, columns, u, v), 2 * outputs, 2 * inputs, 1)
                        .values();
                for (int i = 0; i < each; i++) {
                    values[here * each + i] = twice[2 * i];
                }
            }
        }
        double[] ascending = values.clone();
        Arrays.sort(ascending);
        for (int i = 0; i < values.length; i++) {
            values[i] = ascending[values.length - 1 - i];
        }
        return values;
    }

    /** The matrix of an output's frequency, complex numbers as 2 x 2 real blocks: each value is there twice. */
    private static double[] real(double[] kernel, Operation.Conv2d convolution, int rows, int columns, int u, int v) {
        int stride = convolution.stride();
        int side = convolution.kernel();
        int wide = 2 * convolution.inputs() * stride * stride;
        double[] matrix = new double[2 * convolution.outputs() * wide];
        for (int j = 0; j < stride; j++) {
            for (int k = 0; k < stride; k++) {
                double[] cosines = new double[side * side];
                double[] sines = new double[side * side];
                for (int a = 0; a < side; a++) {
                    for (int b = 0; b < side; b++) {
                        // Exact integers before the angle: equal angles then have equal bits.
                        long turn = Math.floorMod(
                                (long) a * (u + j * (rows / stride)) * columns
                                        + (long) b * (v + k * (columns / stride)) * rows,
                                (long) rows * columns);
                        double angle = 2 * Math.PI * turn / ((double) rows * columns);
                        cosines[a * side + b] = StrictMath.cos(angle) / stride;
                        sines[a * side + b] = StrictMath.sin(angle) / stride;
                    }
                }
                for (int o = 0; o < convolution.outputs(); o++) {
                    for (int i = 0; i < convolution.inputs(); i++) {
                        double re = 0;
                        double im = 0;
                        int from = (o * convolution.inputs() + i) * side * side;
                        for (int at = 0; at < side * side; at++) {
                            re += kernel[from + at] * cosines[at];
                            im += kernel[from + at] * sines[at];
                        }
                        int column = 2 * ((j * stride + k) * convolution.inputs() + i);
                        matrix[2 * o * wide + column] = re;
                        matrix[2 * o * wide + column + 1] = -im;
                        matrix[(2 * o + 1) * wide + column] = im;
                        matrix[(2 * o + 1) * wide + column + 1] = re;
                    }
                }
            }
        }
        return matrix;
    }

    /** The map on images with zeros around them. */
    private static final class Padded {
        private final double[] kernel;
        private final Operation.Conv2d convolution;
        private final int height;
        private final int width;
        private final int down;
        private final int across;

        Padded(double[] kernel, Operation.Conv2d convolution, int height, int width) {
            this.kernel = kernel;
            this.convolution = convolution;
            this.height = height;
            this.width = width;
            down = (height + 2 * convolution.padding() - convolution.kernel()) / convolution.stride() + 1;
            across = (width + 2 * convolution.padding() - convolution.kernel()) / convolution.stride() + 1;
        }

        /** |A x| of a unit vector x after power iterations on A'A, from a vector without symmetries. */
        double norm() {
            double[] x = new double[convolution.inputs() * height * width];
            for (int i = 0; i < x.length; i++) {
                x[i] = StrictMath.sin(1 + 1.7 * i);
            }
            double[] y = new double[convolution.outputs() * down * across];
            double norm = 0;
            for (int step = 0; step < POWER_STEPS && unit(x); step++) {
                Arrays.fill(y, 0);
                apply(x, y, false);
                norm = Math.max(norm, length(y));
                Arrays.fill(x, 0);
                apply(x, y, true);
            }
            return norm;
        }

        private static double length(double[] x) {
            double squares = 0;
            for (double value : x) {
                squares += value * value;
            }
            return Math.sqrt(squares);
        }

        /** Scales to length 1; false for a vector of zeros. */
        private static boolean unit(double[] x) {
            double length = length(x);
            for (int i = 0; i < x.length && length > 0; i++) {
                x[i] /= length;
            }
            return length > 0;
        }

        /** y += A x, or turned x += A' y. */
        private void apply(double[] x, double[] y, boolean turned) {
            int side = convolution.kernel();
            for (int o = 0; o < convolution.outputs(); o++) {
                for (int i = 0; i < convolution.inputs(); i++) {
                    for (int a = 0; a < side; a++) {
                        for (int b = 0; b < side; b++) {
                            double weight = kernel[((o * convolution.inputs() + i) * side + a) * side + b];
                            if (weight != 0) {
                                apply(x, i, y, o, a - convolution.padding(), b - convolution.padding(), weight, turned);
                            }
                        }
                    }
                }
            }
        }

        private void apply(
                double[] x, int input, double[] y, int output, int down0, int right0, double weight, boolean turned) {
            int stride = convolution.stride();
            for (int r = 0; r < down; r++) {
                int row = r * stride + down0;
                if (row < 0 || row >= height) {
                    continue;
                }
                for (int c = 0; c < across; c++) {
                    int column = c * stride + right0;
                    if (column >= 0 && column < width) {
                        int to = (output * down + r) * across + c;
                        int from = (input * height + row) * width + column;
                        if (turned) {
                            x[from] += weight * y[to];
                        } else {
                            y[to] += weight * x[from];
                        }
                    }
                }
            }
        }
    }
}
