package org.espalier.lab.classify;

import java.util.Arrays;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A fully connected network for a single input: surviving weights by input, so that inputs and activations of zero cost nothing. Each
 * output is a chain of fused multiply-adds from its bias over its inputs in index order, as in the engine. Immutable.
 */
final class SparseColumns {
    private final int[] widths;
    private final int[][] starts; // (layer, input): index of its first weight
    private final int[][] outputs; // (layer, weight)
    private final float[][] values; // (layer, weight)
    private final float[][] biases; // (layer, output), empty without biases

    SparseColumns(Weights weights, Mask mask) {
        Architecture architecture = weights.architecture();
        int layers = architecture.layers();
        widths = new int[layers + 1];
        starts = new int[layers][];
        outputs = new int[layers][];
        values = new float[layers][];
        biases = new float[layers][];
        widths[0] = architecture.inputs();
        for (int layer = 0; layer < layers; layer++) {
            int columns = architecture.inputs(layer);
            int rows = architecture.outputs(layer);
            widths[layer + 1] = rows;
            starts[layer] = new int[columns + 1];
            outputs[layer] = new int[mask.count(layer)];
            values[layer] = new float[mask.count(layer)];
            biases[layer] = weights.biases(layer).clone();
            int next = 0;
            for (int i = 0; i < columns; i++) {
                for (int o = 0; o < rows; o++) {
                    if (mask.keeps(layer, o * columns + i)) {
                        outputs[layer][next] = o;
                        values[layer][next++] = weights.matrix(layer)[o * columns + i];
                    }
                }
                starts[layer][i + 1] = next;
            }
        }
    }

    /** Values that two arrays of activations need. */
    int widest() {
        return Arrays.stream(widths).max().orElse(0);
    }

    /**
     * Computes the logits of one input.
     *
     * @param first scratch of {@link #widest} values, as {@code second}
     */
    void logits(float[] inputs, int from, float[] first, float[] second, float[] logits, int to) {
        float[] read = inputs;
        int at = from;
        float[] write = first;
        int last = starts.length - 1;
        for (int layer = 0; layer <= last; layer++) {
            layer(layer, read, at, write, layer < last);
            read = write;
            at = 0;
            write = read == first ? second : first;
        }
        System.arraycopy(read, 0, logits, to, widths[last + 1]);
    }

    private void layer(int layer, float[] x, int at, float[] y, boolean relu) {
        int rows = widths[layer + 1];
        float[] bias = biases[layer];
        if (bias.length == 0) {
            Arrays.fill(y, 0, rows, 0f);
        } else {
            System.arraycopy(bias, 0, y, 0, rows);
        }
        int[] start = starts[layer];
        int[] output = outputs[layer];
        float[] value = values[layer];
        for (int i = 0; i < start.length - 1; i++) {
            float input = x[at + i];
            if (input != 0) {
                for (int k = start[i]; k < start[i + 1]; k++) {
                    int o = output[k];
                    y[o] = Math.fma(value[k], input, y[o]);
                }
            }
        }
        if (relu) {
            for (int o = 0; o < rows; o++) {
                y[o] = Math.max(y[o], 0f);
            }
        }
    }
}
