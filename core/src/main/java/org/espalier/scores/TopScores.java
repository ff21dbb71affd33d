package org.espalier.scores;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.dynamic.Selection;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * The weights of largest absolute score in each layer. Of equal scores the larger weight comes first, and of equal weights the one
 * with the lower draw. Allocates nothing while the last score taken has no equal outside.
 */
final class TopScores {
    /** Half the width of the band of keys, a thirty-second of a binade, that a new cut is sought in first. */
    private static final int BAND = 1 << 18;

    private final Architecture architecture;
    private final Stream ties;
    private final Selection selection = new Selection();
    private final int[][] keys; // (layer, position)
    private final int[] cuts; // (layer): keys above are taken, and those equal that are not left out
    private final BitSet[] leftOut; // (layer)
    private final int[] band; // room for keys near a cut
    private int below;

    TopScores(Architecture architecture, Stream ties) {
        this.architecture = architecture;
        this.ties = ties;
        keys = new int[architecture.layers()][];
        cuts = new int[keys.length];
        leftOut = new BitSet[keys.length];
        int most = 0;
        for (int layer = 0; layer < keys.length; layer++) {
            most = Math.max(most, architecture.weights(layer));
            keys[layer] = new int[architecture.weights(layer)];
            leftOut[layer] = new BitSet();
        }
        band = new int[most];
    }

    /**
     * Chooses and writes the weights that are taken, and zero for the others.
     *
     * @param counts (layer) weights to take, each at least 1
     * @param weights that the scores belong to
     * @param into receives the matrices of all layers
     */
    void choose(Weights scores, int[] counts, Weights weights, Weights into) {
        for (int layer = 0; layer < keys.length; layer++) {
            choose(layer, scores.matrix(layer), counts[layer], weights.matrix(layer), into.matrix(layer));
        }
    }

    private void choose(int layer, float[] scores, int count, float[] weights, float[] into) {
        int[] present = keys[layer];
        int size = present.length;
        for (int i = 0; i < size; i++) {
            present[i] = Selection.magnitude(scores[i]);
        }
        int cut = cut(layer, size - count + 1);
        for (int i = 0; i < size; i++) {
            // All bits where the key is not below the cut: without a branch, as half of them are hard to foresee.
            int kept = ~(present[i] - cut >> 31);
            into[i] = Float.intBitsToFloat(Float.floatToRawIntBits(weights[i]) & kept);
        }
        BitSet out = leftOut[layer];
        out.clear();
        int surplus = size - below - count;
        if (surplus > 0) {
            leaveOut(layer, surplus, weights, out);
            for (int at = out.nextSetBit(0); at >= 0; at = out.nextSetBit(at + 1)) {
                into[at] = 0f;
            }
        }
    }

    /**
     * The k-th smallest key of a layer; {@link #below} then counts the smaller ones. Scores move little between updates, so it is
     * sought near the last one first.
     */
    private int cut(int layer, int k) {
        int[] present = keys[layer];
        int last = cuts[layer];
        int low = Math.max(0, last - BAND);
        int smaller = 0;
        int near = 0;
        for (int i = 0; i < present.length; i++) {
            int key = present[i];
            smaller += key - low >>> 31;
            if (key >= low && key - low < 2 * BAND) {
                band[near++] = key;
            }
        }
        int cut;
        if (k > smaller && k <= smaller + near) {
            cut = selection.smallest(band, near, k - smaller);
            below = smaller + selection.below();
        } else {
            cut = selection.smallest(present, present.length, k);
            below = selection.below();
        }
        cuts[layer] = cut;
        return cut;
    }

    /** Of the keys equal to the cut, those to leave out. */
    private void leaveOut(int layer, int surplus, float[] weights, BitSet out) {
        Stream draws = ties.child(layer);
        BitSet equal = new BitSet();
        for (int i = 0; i < keys[layer].length; i++) {
            equal.set(i, keys[layer][i] == cuts[layer]);
        }
        int[] sizes = new int[weights.length];
        Arrays.setAll(sizes, i -> Selection.magnitude(weights[i]));
        out.or(selection.lowest(equal, sizes, surplus, draws));
    }

    /** The weights chosen last. */
    Mask mask() {
        BitSet[] survivors = new BitSet[keys.length];
        for (int layer = 0; layer < keys.length; layer++) {
            survivors[layer] = new BitSet();
            for (int i = 0; i < keys[layer].length; i++) {
                survivors[layer].set(i, keys[layer][i] >= cuts[layer] && !leftOut[layer].get(i));
            }
        }
        return Mask.of(architecture, survivors);
    }
}
