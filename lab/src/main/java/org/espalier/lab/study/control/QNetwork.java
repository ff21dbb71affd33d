package org.espalier.lab.study.control;

import java.util.Arrays;

/**
 * Passes of some states at once through a network of ReLUs that gives a value to each action, in double, over surviving weights only.
 * Each unit has a row of one number for each state. Nothing is allocated after construction.
 */
final class QNetwork {
    private final Layout layout;
    private final int lanes;
    private final double[][][] values; // (boundary between layers, unit, lane)
    private final double[][][] slopes; // of the loss by the values, before ReLU where there is one

    /**
     * Room for states.
     *
     * @param lanes states of a pass
     */
    QNetwork(Layout layout, int lanes) {
        this.layout = layout;
        this.lanes = lanes;
        values = new double[layout.layers() + 1][][];
        slopes = new double[layout.layers() + 1][][];
        for (int boundary = 0; boundary <= layout.layers(); boundary++) {
            values[boundary] = new double[layout.widths().get(boundary)][lanes];
            slopes[boundary] = new double[layout.widths().get(boundary)][lanes];
        }
    }

    /** The states, (variable, lane), for the caller to fill. */
    double[][] input() {
        return values[0];
    }

    /** The slopes of the loss by the values of actions, (action, lane), for the caller to fill before a backward pass. */
    double[][] outputSlopes() {
        return slopes[layout.layers()];
    }

    /** Values of the actions, (action, lane), until the next pass. */
    double[][] forward(double[] parameters, Links links) {
        int last = layout.layers() - 1;
        for (int layer = 0; layer <= last; layer++) {
            int[] starts = links.starts()[layer];
            int[] inputs = links.inputs()[layer];
            int from = layout.inputs(layer);
            int matrix = layout.matrix(layer);
            int biases = layout.biases(layer);
            for (int output = 0; output < layout.outputs(layer); output++) {
                double[] row = values[layer + 1][output];
                int weights = matrix + output * from;
                Arrays.fill(row, parameters[biases + output]);
                if (lanes == 1) {
                    addOne(parameters, weights, inputs, starts[output], starts[output + 1], values[layer], row);
                } else {
                    for (int at = starts[output]; at < starts[output + 1]; at++) {
                        add(parameters[weights + inputs[at]], values[layer][inputs[at]], row);
                    }
                }
                if (layer < last) {
                    for (int lane = 0; lane < lanes; lane++) {
                        row[lane] = Math.max(0, row[lane]);
                    }
                }
            }
        }
        return values[layout.layers()];
    }

    /**
     * Adds the gradient by the parameters to an array, after a forward pass with the same ones. That of pruned weights is left as it is.
     *
     * @param gradient (parameter)
     */
    void backward(double[] parameters, Links links, double[] gradient) {
        for (int layer = layout.layers() - 1; layer >= 0; layer--) {
            int[] starts = links.starts()[layer];
            int[] inputs = links.inputs()[layer];
            int from = layout.inputs(layer);
            int matrix = layout.matrix(layer);
            int biases = layout.biases(layer);
            for (int output = 0; output < layout.outputs(layer); output++) {
                double[] slope = slopes[layer + 1][output];
                int weights = matrix + output * from;
                for (int at = starts[output]; at < starts[output + 1]; at++) {
                    gradient[weights + inputs[at]] += dot(slope, values[layer][inputs[at]]);
                }
                for (int lane = 0; lane < lanes; lane++) {
                    gradient[biases + output] += slope[lane];
                }
            }
            if (layer > 0) {
                descend(parameters, links, layer);
            }
        }
    }

    /** The gradient by the states, (variable, lane), after a forward pass with the same parameters; until the next pass. */
    double[][] inputGradient(double[] parameters, Links links) {
        for (int layer = layout.layers() - 1; layer >= 0; layer--) {
            descend(parameters, links, layer);
        }
        return slopes[0];
    }

    /** Slopes at a layer's inputs from those at its outputs. */
    private void descend(double[] parameters, Links links, int layer) {
        int[] starts = links.starts()[layer];
        int[] inputs = links.inputs()[layer];
        int from = layout.inputs(layer);
        int matrix = layout.matrix(layer);
        double[][] below = slopes[layer];
        for (double[] row : below) {
            Arrays.fill(row, 0);
        }
        for (int output = 0; output < layout.outputs(layer); output++) {
            int weights = matrix + output * from;
            for (int at = starts[output]; at < starts[output + 1]; at++) {
                add(parameters[weights + inputs[at]], slopes[layer + 1][output], below[inputs[at]]);
            }
        }
        for (int input = 0; layer > 0 && input < below.length; input++) {
            for (int lane = 0; lane < lanes; lane++) {
                below[input][lane] = values[layer][input][lane] > 0 ? below[input][lane] : 0;
            }
        }
    }

    /** The loop over inputs for one state. In loops over one state the compiler would learn that all such loops are short. */
    private static void addOne(
            double[] parameters, int weights, int[] inputs, int begin, int end, double[][] from, double[] to) {
        double sum = to[0];
        for (int at = begin; at < end; at++) {
            sum += parameters[weights + inputs[at]] * from[inputs[at]][0];
        }
        to[0] = sum;
    }

    private static void add(double factor, double[] from, double[] to) {
        for (int lane = 0; lane < to.length; lane++) {
            to[lane] += factor * from[lane];
        }
    }

    /** Four sums, since one would wait for each addition. */
    private static double dot(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int whole = a.length - a.length % 4;
        for (int lane = 0; lane < whole; lane += 4) {
            first += a[lane] * b[lane];
            second += a[lane + 1] * b[lane + 1];
            third += a[lane + 2] * b[lane + 2];
            fourth += a[lane + 3] * b[lane + 3];
        }
        for (int lane = whole; lane < a.length; lane++) {
            first += a[lane] * b[lane];
        }
        return first + second + (third + fourth);
    }
}
