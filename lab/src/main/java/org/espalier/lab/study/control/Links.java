package org.espalier.lab.study.control;

import java.util.BitSet;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.random.Stream;

/**
 * A mask as lists of what survives. Biases are not pruned.
 *
 * @param starts (layer, output) where the output's list begins; one more at the end
 * @param inputs (layer, survivor) the input that it reads, ascending for each output
 */
record Links(int[][] starts, int[][] inputs) {
    /** Every weight. */
    static Links dense(Layout layout) {
        return random(layout, 1, Stream.root(0));
    }

    /** Weights to keep of a layer: the share of all of them, rounded. */
    static int survivors(Layout layout, int layer, double density) {
        return (int) Math.round(density * layout.weights(layer));
    }

    /** As many weights of each layer as {@link #survivors} says, at random. */
    static Links random(Layout layout, double density, Stream stream) {
        int[][] starts = new int[layout.layers()][];
        int[][] inputs = new int[layout.layers()][];
        for (int layer = 0; layer < starts.length; layer++) {
            int from = layout.inputs(layer);
            int kept = survivors(layout, layer, density);
            BitSet mask = SmallestWeights.random(layout.weights(layer), kept, stream.child(layer));
            starts[layer] = new int[layout.outputs(layer) + 1];
            inputs[layer] = new int[kept];
            int next = 0;
            for (int i = mask.nextSetBit(0); i >= 0; i = mask.nextSetBit(i + 1)) {
                inputs[layer][next++] = i % from;
                starts[layer][i / from + 1]++;
            }
            for (int output = 0; output < layout.outputs(layer); output++) {
                starts[layer][output + 1] += starts[layer][output];
            }
        }
        return new Links(starts, inputs);
    }

    /** Weights that survive. */
    int count() {
        int sum = 0;
        for (int[] layer : inputs) {
            sum += layer.length;
        }
        return sum;
    }

    /** Marks the parameters that survive, biases among them. */
    void mark(Layout layout, BitSet kept) {
        for (int layer = 0; layer < layout.layers(); layer++) {
            for (int output = 0; output < layout.outputs(layer); output++) {
                int row = layout.matrix(layer) + output * layout.inputs(layer);
                for (int at = starts[layer][output]; at < starts[layer][output + 1]; at++) {
                    kept.set(row + inputs[layer][at]);
                }
            }
            kept.set(layout.biases(layer), layout.biases(layer) + layout.outputs(layer));
        }
    }
}
