package org.espalier.lab.study.merkle;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;

/**
 * Pruning of whole filters as the source has it: in each convolution those of the smallest sum of |w| lose the weights that feed them.
 * Weights that read them stay, and so do biases and all linear layers.
 */
final class FilterPruning {
    private FilterPruning() {}

    /** Layers that are convolutions. */
    static List<Integer> convolutions(Architecture network) {
        return IntStream.range(0, network.layers())
                .filter(layer -> network.graph().nodes().stream()
                        .anyMatch(node -> node.name().equals(network.node(layer))
                                && node.operation() instanceof Operation.Conv2d))
                .boxed()
                .toList();
    }

    /**
     * Prunes.
     *
     * @param mask of the level before; pruned filters have a sum of 0 and stay pruned
     * @param ratio of all filters of each convolution that is pruned afterwards; halves are rounded to even, as in the source
     */
    static Mask prune(Mask mask, Weights weights, double ratio) {
        Architecture network = mask.architecture();
        BitSet[] survivors = new BitSet[network.layers()];
        Arrays.setAll(survivors, mask::survivors);
        for (int layer : convolutions(network)) {
            int inputs = network.inputs(layer);
            double[] sums = new double[network.outputs(layer)];
            float[] matrix = weights.matrix(layer);
            for (int i = 0; i < matrix.length; i++) {
                sums[i / inputs] += mask.keeps(layer, i) ? Math.abs(matrix[i]) : 0;
            }
            int gone = (int) Math.rint(ratio * sums.length);
            BitSet kept = survivors[layer];
            IntStream.range(0, sums.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(filter -> sums[filter]))
                    .limit(gone)
                    .forEach(filter -> kept.clear(filter * inputs, (filter + 1) * inputs));
        }
        return Mask.of(network, survivors);
    }

    /** Filters of all convolutions that a weight feeds. */
    static int alive(Mask mask) {
        Architecture network = mask.architecture();
        int alive = 0;
        for (int layer : convolutions(network)) {
            int inputs = network.inputs(layer);
            BitSet survivors = mask.survivors(layer);
            for (int filter = 0; filter < network.outputs(layer); filter++) {
                int next = survivors.nextSetBit(filter * inputs);
                alive += next >= 0 && next < (filter + 1) * inputs ? 1 : 0;
            }
        }
        return alive;
    }
}
