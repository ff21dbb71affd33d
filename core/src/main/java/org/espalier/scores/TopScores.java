package org.espalier.scores;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.dynamic.Selection;
import org.espalier.engine.ops.ScoreOps;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * The weights of largest absolute score in each layer. Of equal scores the larger weight comes first, and of equal weights the one
 * with the lower draw. Allocates nothing while the last score taken has no equal outside.
 */
final class TopScores {
    /**
     * Half the widths of the bands of keys that a new cut is sought in, in this order: a 512th and a 32nd of a binade. Scores move
     * little between updates.
     */
    private static final int[] BANDS = {1 << 14, 1 << 18};

    private final Architecture architecture;
    private final Stream ties;
    private final Selection selection = new Selection();
    private final float[][] scores; // (layer, position) those chosen from last, not copied
    private final int[] cuts; // (layer): keys above are taken, and those equal that are not left out
    private final BitSet[] leftOut; // (layer)
    private final int[] keys; // room for a layer's
    private int below;

    TopScores(Architecture architecture, Stream ties) {
        this.architecture = architecture;
        this.ties = ties;
        scores = new float[architecture.layers()][0];
        cuts = new int[scores.length];
        leftOut = new BitSet[scores.length];
        int most = 0;
        for (int layer = 0; layer < scores.length; layer++) {
            most = Math.max(most, architecture.weights(layer));
            leftOut[layer] = new BitSet();
        }
        keys = new int[most];
    }

    /**
     * Chooses and writes the weights that are taken, and zero for the others.
     *
     * @param counts (layer) weights to take, each at least 1
     * @param weights that the scores belong to
     * @param into receives the matrices of all layers
     */
    void choose(Weights scores, int[] counts, Weights weights, Weights into) {
        for (int layer = 0; layer < cuts.length; layer++) {
            choose(layer, scores.matrix(layer), counts[layer], weights.matrix(layer), into.matrix(layer));
        }
    }

    private void choose(int layer, float[] from, int count, float[] weights, float[] into) {
        scores[layer] = from;
        cuts[layer] = cut(from, cuts[layer], from.length - count + 1);
        ScoreOps.keep(from, cuts[layer], weights, into);
        BitSet out = leftOut[layer];
        out.clear();
        int surplus = from.length - below - count;
        if (surplus > 0) {
            leaveOut(layer, surplus, weights, out);
            for (int at = out.nextSetBit(0); at >= 0; at = out.nextSetBit(at + 1)) {
                into[at] = 0f;
            }
        }
    }

    /** The k-th smallest key of a layer; {@link #below} then counts the smaller ones. It is sought near the last one first. */
    private int cut(float[] from, int last, int k) {
        for (int half : BANDS) {
            int low = Math.max(0, last - half);
            long counted = ScoreOps.survey(from, low, 2 * half, keys);
            int smaller = (int) (counted >>> 32);
            int near = (int) counted;
            if (k > smaller && k <= smaller + near) {
                int cut = selection.smallest(keys, near, k - smaller);
                below = smaller + selection.below();
                return cut;
            }
        }
        for (int i = 0; i < from.length; i++) {
            keys[i] = Selection.magnitude(from[i]);
        }
        int cut = selection.smallest(keys, from.length, k);
        below = selection.below();
        return cut;
    }

    /** Of the keys equal to the cut, those to leave out. */
    private void leaveOut(int layer, int surplus, float[] weights, BitSet out) {
        Stream draws = ties.child(layer);
        BitSet equal = new BitSet();
        for (int i = 0; i < scores[layer].length; i++) {
            equal.set(i, Selection.magnitude(scores[layer][i]) == cuts[layer]);
        }
        int[] sizes = new int[weights.length];
        Arrays.setAll(sizes, i -> Selection.magnitude(weights[i]));
        out.or(selection.lowest(equal, sizes, surplus, draws));
    }

    /** The weights chosen last; the scores must be as they were then. */
    Mask mask() {
        BitSet[] survivors = new BitSet[cuts.length];
        for (int layer = 0; layer < cuts.length; layer++) {
            survivors[layer] = new BitSet();
            for (int i = 0; i < scores[layer].length; i++) {
                survivors[layer].set(i, Selection.magnitude(scores[layer][i]) >= cuts[layer] && !leftOut[layer].get(i));
            }
        }
        return Mask.of(architecture, survivors);
    }
}
