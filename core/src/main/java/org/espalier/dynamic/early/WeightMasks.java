package org.espalier.dynamic.early;

import java.util.BitSet;
import org.espalier.dynamic.Selection;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Masks of the largest weights of the whole network, and at least one of each layer.
 *
 * @param density weights kept, as a fraction of all weights
 */
record WeightMasks(double density, Selection selection) implements TicketMasks {
    WeightMasks(double density) {
        this(density, new Selection());
    }

    @Override
    public double distance(Mask a, Mask b) {
        long differing = 0;
        for (int layer = 0; layer < a.architecture().layers(); layer++) {
            BitSet difference = a.survivors(layer);
            difference.xor(b.survivors(layer));
            differing += difference.cardinality();
        }
        return (double) differing / a.architecture().weights();
    }

    @Override
    public double keptDistance(Mask earlier, Mask newest) {
        long lacking = 0;
        for (int layer = 0; layer < newest.architecture().layers(); layer++) {
            BitSet own = newest.survivors(layer);
            own.andNot(earlier.survivors(layer));
            lacking += own.cardinality();
        }
        return (double) lacking / newest.count();
    }

    /** The mask of the largest weights. Of equal ones a fixed draw decides, the same at every update. */
    @Override
    public Mask cut(Weights weights) {
        Architecture architecture = weights.architecture();
        int[] keys = new int[architecture.weights()];
        int next = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (float value : weights.matrix(layer)) {
                keys[next++] = Selection.magnitude(value);
            }
        }
        BitSet all = new BitSet();
        all.set(0, keys.length);
        int count = (int) Math.max(1, Math.round(density * keys.length));
        BitSet kept = selection.highest(all, keys, count, Stream.root(0));
        BitSet[] survivors = new BitSet[architecture.layers()];
        int base = 0;
        for (int layer = 0; layer < survivors.length; layer++) {
            int size = architecture.weights(layer);
            survivors[layer] = kept.get(base, base + size);
            if (survivors[layer].isEmpty()) {
                survivors[layer].set(largest(keys, base, size));
            }
            base += size;
        }
        return Mask.of(architecture, survivors);
    }

    /** The first largest of some keys, counted from {@code base}. */
    static int largest(int[] keys, int base, int size) {
        int largest = 0;
        for (int i = 1; i < size; i++) {
            largest = keys[base + i] > keys[base + largest] ? i : largest;
        }
        return largest;
    }
}
