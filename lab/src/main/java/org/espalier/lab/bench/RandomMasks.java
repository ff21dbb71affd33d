package org.espalier.lab.bench;

import java.util.BitSet;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.random.Stream;

/** Masks for measurements: survivors drawn at random, each layer at the same density. */
public final class RandomMasks {
    private RandomMasks() {}

    /**
     * A mask.
     *
     * @param density share of each layer's weights that survive, in [0, 1]
     */
    public static Mask draw(Architecture architecture, double density, Stream stream) {
        int[] counts = architecture.graph().prunable().stream()
                .mapToInt(parameter -> (int) Math.round(density * parameter.size()))
                .toArray();
        return draw(architecture, counts, stream);
    }

    /** A mask with as many survivors in each layer as another. */
    public static Mask like(Mask mask, Stream stream) {
        int[] counts = new int[mask.architecture().layers()];
        for (int layer = 0; layer < counts.length; layer++) {
            counts[layer] = mask.survivors(layer).cardinality();
        }
        return draw(mask.architecture(), counts, stream);
    }

    private static Mask draw(Architecture architecture, int[] counts, Stream stream) {
        BitSet[] survivors = new BitSet[counts.length];
        for (int layer = 0; layer < counts.length; layer++) {
            int[] order = stream.child(layer).permutation(architecture.weights(layer));
            survivors[layer] = new BitSet();
            for (int i = 0; i < counts[layer]; i++) {
                survivors[layer].set(order[i]);
            }
        }
        return Mask.of(architecture, survivors);
    }
}
