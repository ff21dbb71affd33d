package org.espalier.network;

import java.util.BitSet;

/**
 * Surviving weights that can matter: they lie on a path from an input (or a bias) to a logit. The others neither
 * carry a signal nor get a gradient other than exact zero, so kernels leave them out without changing a bit.
 */
public final class LivePaths {
    private final Architecture architecture;
    private final BitSet[] weights; // (layer): positions of live weights

    public LivePaths(Mask mask) {
        architecture = mask.architecture();
        int layers = architecture.layers();
        weights = new BitSet[layers];
        BitSet[] driven = new BitSet[layers + 1]; // units that can be other than zero
        driven[0] = all(architecture.inputs());
        for (int layer = 0; layer < layers; layer++) {
            int inputs = architecture.inputs(layer);
            weights[layer] = mask.survivors(layer);
            driven[layer + 1] = architecture.biases() ? all(architecture.outputs(layer)) : new BitSet();
            for (int at = weights[layer].nextSetBit(0); at >= 0; at = weights[layer].nextSetBit(at + 1)) {
                if (driven[layer].get(at % inputs)) {
                    driven[layer + 1].set(at / inputs);
                } else {
                    weights[layer].clear(at);
                }
            }
        }
        BitSet heard = all(architecture.classes()); // units that can change a logit
        for (int layer = layers - 1; layer >= 0; layer--) {
            int inputs = architecture.inputs(layer);
            BitSet reading = new BitSet();
            for (int at = weights[layer].nextSetBit(0); at >= 0; at = weights[layer].nextSetBit(at + 1)) {
                if (heard.get(at / inputs)) {
                    reading.set(at % inputs);
                } else {
                    weights[layer].clear(at);
                }
            }
            heard = reading;
        }
    }

    /** Positions of a layer's live weights. Not to be changed. */
    public BitSet weights(int layer) {
        return weights[layer];
    }

    /** Inputs of a layer that a live weight reads, ascending. */
    public int[] inputs(int layer) {
        BitSet live = new BitSet();
        weights[layer].stream().forEach(at -> live.set(at % architecture.inputs(layer)));
        return live.stream().toArray();
    }

    private static BitSet all(int size) {
        BitSet bits = new BitSet();
        bits.set(0, size);
        return bits;
    }
}
