package org.espalier.lab.study.prior;

import java.util.ArrayList;
import java.util.List;

/**
 * Operations of a network on one image, in double. Each reads its weights from one list, in the order of its calls, and notes how to
 * take slopes back; {@link #backward} does so from the last to the first.
 */
final class Layers {
    private static final double LEAK = 0.2;
    private static final double EPSILON = 1e-5;

    private final double[] weights; // of convolutions, (layer, output, input, row, column)
    private final double[] affine; // scales and shifts of norms, then the bias of the last layer
    private final double[] weightSlopes;
    private final double[] affineSlopes;
    private final List<Runnable> back = new ArrayList<>();
    private int nextWeight;
    private int nextAffine;

    /**
     * A pass with some weights.
     *
     * @param weightSlopes receives the slopes of weights that are not 0; the others stay as they are
     * @param affineSlopes receives the slopes of the others
     */
    Layers(double[] weights, double[] affine, double[] weightSlopes, double[] affineSlopes) {
        this.weights = weights;
        this.affine = affine;
        this.weightSlopes = weightSlopes;
        this.affineSlopes = affineSlopes;
    }

    /** Takes slopes back from the last operation to the first. */
    void backward() {
        back.reversed().forEach(Runnable::run);
    }

    /**
     * A convolution with padding of half the window.
     *
     * @param kernel rows of the window, odd
     */
    Planes convolve(Planes x, int outputs, int kernel, int stride) {
        int side = (x.side - 1) / stride + 1;
        Planes y = new Planes(outputs, side);
        int inner = x.channels * kernel * kernel;
        int first = nextWeight;
        nextWeight += outputs * inner;
        double[] windows = kernel == 1 && stride == 1 ? x.values : windows(x, kernel, stride, side);
        int area = y.area();
        for (int o = 0; o < outputs; o++) {
            for (int k = 0; k < inner; k++) {
                double w = weights[first + o * inner + k];
                if (w != 0) {
                    add(w, windows, k * area, y.values, o * area, area);
                }
            }
        }
        back.add(() -> {
            double[] moved = new double[inner * area];
            for (int o = 0; o < outputs; o++) {
                for (int k = 0; k < inner; k++) {
                    double w = weights[first + o * inner + k];
                    if (w != 0) {
                        weightSlopes[first + o * inner + k] += dot(windows, k * area, y.slopes, o * area, area);
                        add(w, y.slopes, o * area, moved, k * area, area);
                    }
                }
            }
            scatter(moved, x, kernel, stride, side);
        });
        return y;
    }

    /** (input, row, column of the window; output position): the inputs under each window, 0 outside. */
    private static double[] windows(Planes x, int kernel, int stride, int side) {
        double[] windows = new double[x.channels * kernel * kernel * side * side];
        int at = 0;
        for (int i = 0; i < x.channels; i++) {
            for (int dy = -(kernel / 2); dy <= kernel / 2; dy++) {
                for (int dx = -(kernel / 2); dx <= kernel / 2; dx++) {
                    for (int row = 0; row < side; row++) {
                        int from = row * stride + dy;
                        for (int column = 0; column < side; column++, at++) {
                            int c = column * stride + dx;
                            if (from >= 0 && from < x.side && c >= 0 && c < x.side) {
                                windows[at] = x.values[(i * x.side + from) * x.side + c];
                            }
                        }
                    }
                }
            }
        }
        return windows;
    }

    private static void scatter(double[] moved, Planes x, int kernel, int stride, int side) {
        int at = 0;
        for (int i = 0; i < x.channels; i++) {
            for (int dy = -(kernel / 2); dy <= kernel / 2; dy++) {
                for (int dx = -(kernel / 2); dx <= kernel / 2; dx++) {
                    for (int row = 0; row < side; row++) {
                        int from = row * stride + dy;
                        for (int column = 0; column < side; column++, at++) {
                            int c = column * stride + dx;
                            if (from >= 0 && from < x.side && c >= 0 && c < x.side) {
                                x.slopes[(i * x.side + from) * x.side + c] += moved[at];
                            }
                        }
                    }
                }
            }
        }
    }

    private static void add(double factor, double[] from, int first, double[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] += factor * from[first + i];
        }
    }

    /** Four partial sums, so that additions do not wait for each other; their order is fixed. */
    private static double dot(double[] a, int first, double[] b, int at, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            s0 += a[first + i] * b[at + i];
            s1 += a[first + i + 1] * b[at + i + 1];
            s2 += a[first + i + 2] * b[at + i + 2];
            s3 += a[first + i + 3] * b[at + i + 3];
        }
        for (; i < count; i++) {
            s0 += a[first + i] * b[at + i];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** Batch norm over the positions of the one image, with scale and shift. */
    Planes norm(Planes x) {
        Planes y = new Planes(x.channels, x.side);
        int first = nextAffine;
        nextAffine += 2 * x.channels;
        int area = x.area();
        double[] spread = new double[x.channels];
        double[] unit = new double[x.values.length];
        for (int c = 0; c < x.channels; c++) {
            double mean = 0;
            for (int i = 0; i < area; i++) {
                mean += x.values[c * area + i];
            }
            mean /= area;
            double squares = 0;
            for (int i = 0; i < area; i++) {
                double gap = x.values[c * area + i] - mean;
                squares += gap * gap;
            }
            spread[c] = Math.sqrt(squares / area + EPSILON);
            for (int i = 0; i < area; i++) {
                unit[c * area + i] = (x.values[c * area + i] - mean) / spread[c];
                y.values[c * area + i] = affine[first + 2 * c] * unit[c * area + i] + affine[first + 2 * c + 1];
            }
        }
        back.add(() -> {
            for (int c = 0; c < x.channels; c++) {
                double sum = 0;
                double along = 0;
                for (int i = c * area; i < (c + 1) * area; i++) {
                    sum += y.slopes[i];
                    along += y.slopes[i] * unit[i];
                }
                affineSlopes[first + 2 * c] += along;
                affineSlopes[first + 2 * c + 1] += sum;
                double scale = affine[first + 2 * c] / spread[c];
                for (int i = c * area; i < (c + 1) * area; i++) {
                    x.slopes[i] += scale * (y.slopes[i] - sum / area - unit[i] * along / area);
                }
            }
        });
        return y;
    }

    /** Leaky ReLU with a slope of 0.2. */
    Planes leaky(Planes x) {
        Planes y = new Planes(x.channels, x.side);
        for (int i = 0; i < y.values.length; i++) {
            y.values[i] = x.values[i] >= 0 ? x.values[i] : LEAK * x.values[i];
        }
        back.add(() -> {
            for (int i = 0; i < y.values.length; i++) {
                x.slopes[i] += x.values[i] >= 0 ? y.slopes[i] : LEAK * y.slopes[i];
            }
        });
        return y;
    }

    /**
     * Twice as many rows and columns, each value repeated, cut at a side.
     *
     * @param side at most twice the present one
     */
    Planes enlarge(Planes x, int side) {
        Planes y = new Planes(x.channels, side);
        int[] from = new int[y.values.length];
        for (int c = 0, at = 0; c < x.channels; c++) {
            for (int row = 0; row < side; row++) {
                for (int column = 0; column < side; column++, at++) {
                    from[at] = (c * x.side + row / 2) * x.side + column / 2;
                    y.values[at] = x.values[from[at]];
                }
            }
        }
        back.add(() -> {
            for (int i = 0; i < from.length; i++) {
                x.slopes[from[i]] += y.slopes[i];
            }
        });
        return y;
    }

    /** The channels of two maps of one side. */
    Planes join(Planes a, Planes b) {
        Planes y = new Planes(a.channels + b.channels, a.side);
        System.arraycopy(a.values, 0, y.values, 0, a.values.length);
        System.arraycopy(b.values, 0, y.values, a.values.length, b.values.length);
        back.add(() -> {
            for (int i = 0; i < a.values.length; i++) {
                a.slopes[i] += y.slopes[i];
            }
            for (int i = 0; i < b.values.length; i++) {
                b.slopes[i] += y.slopes[a.values.length + i];
            }
        });
        return y;
    }

    /** A bias for all values, and the logistic function. */
    Planes sigmoid(Planes x) {
        Planes y = new Planes(x.channels, x.side);
        int bias = nextAffine++;
        for (int i = 0; i < y.values.length; i++) {
            y.values[i] = 1 / (1 + StrictMath.exp(-(x.values[i] + affine[bias])));
        }
        back.add(() -> {
            for (int i = 0; i < y.values.length; i++) {
                double slope = y.slopes[i] * y.values[i] * (1 - y.values[i]);
                x.slopes[i] += slope;
                affineSlopes[bias] += slope;
            }
        });
        return y;
    }

    /** Weights of convolutions that operations have read. */
    int weightsRead() {
        return nextWeight;
    }

    /** Other weights read so far. */
    int affineRead() {
        return nextAffine;
    }
}
