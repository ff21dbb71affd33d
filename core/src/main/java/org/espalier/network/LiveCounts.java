package org.espalier.network;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How much of a masked network is left: surviving weights, live hidden units, live inputs, and multiply-adds of a forward pass.
 *
 * <p>A hidden unit is an output of a weight layer other than the last: a neuron, or a channel of a convolution. It is live if a
 * path of surviving weights leads through it from an input to a logit; at least one surviving weight feeds it, and one reads it.
 * Paths pass ReLU, pools, batch norm, normalisation, flatten and shortcuts unit by unit, and a sum from either of its terms. A unit
 * lives by the weights of its own layer: without any it is dead, though a shortcut may keep the sum's channel of its number alive.
 *
 * <p>Biases and batch norms are never pruned and are no inputs. A unit that no input reaches, but that one of them gives a value
 * and from which a path leads to a logit, is constant: it counts apart.
 *
 * <p>An input is live if a path leads from it to a logit. Pixels are told apart up to the first convolution or pool; after that a
 * channel counts as a whole ({@link LivePaths#networkInputs}).
 *
 * <p>Multiply-adds of one example are the sum over layers of surviving weights times {@link Architecture#positions}. A weight counts
 * once at each output position, also where its window reaches into the padding, and whether or not its unit is live. Biases, batch
 * norms, pools and sums multiply no weight and count nothing.
 *
 * @param architecture the network
 * @param weights (layer) surviving weights
 * @param units (layer) outputs on a path from an input to a logit; of the last layer the logits that an input reaches
 * @param constantUnits (layer) outputs that are constant
 * @param inputs live inputs of the network
 */
public record LiveCounts(
        Architecture architecture,
        List<Integer> weights,
        List<Integer> units,
        List<Integer> constantUnits,
        int inputs) {
    public LiveCounts {
        weights = List.copyOf(weights);
        units = List.copyOf(units);
        constantUnits = List.copyOf(constantUnits);
    }

    /** Counts what a mask leaves. */
    public static LiveCounts of(Mask mask) {
        Architecture architecture = mask.architecture();
        LivePaths paths = new LivePaths(mask);
        List<BitSet> reached = paths.reachedUnits();
        List<Integer> weights = new ArrayList<>();
        List<Integer> units = new ArrayList<>();
        List<Integer> constants = new ArrayList<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            int live = reached.get(layer).cardinality();
            weights.add(mask.count(layer));
            units.add(live);
            constants.add(paths.units(architecture.node(layer)).cardinality() - live);
        }
        return new LiveCounts(architecture, weights, units, constants, paths.networkInputs().length);
    }

    /** Surviving weights of the network. */
    public long allWeights() {
        return weights.stream().mapToLong(Integer::longValue).sum();
    }

    /** Live hidden units. */
    public int hiddenUnits() {
        return hidden(units);
    }

    /** Hidden units that are constant and that reach a logit. */
    public int constantHiddenUnits() {
        return hidden(constantUnits);
    }

    /** Hidden units of the dense network. */
    public int denseHiddenUnits() {
        int total = 0;
        for (int layer = 0; layer < architecture.layers() - 1; layer++) {
            total += architecture.outputs(layer);
        }
        return total;
    }

    private static int hidden(List<Integer> units) {
        return units.subList(0, units.size() - 1).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Multiply-adds of one example's forward pass with the surviving weights. */
    public long multiplyAdds() {
        long total = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            total += (long) weights.get(layer) * architecture.positions(layer);
        }
        return total;
    }

    /** Multiply-adds of one example's forward pass through the dense network. */
    public long denseMultiplyAdds() {
        long total = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            total += (long) architecture.weights(layer) * architecture.positions(layer);
        }
        return total;
    }
}
