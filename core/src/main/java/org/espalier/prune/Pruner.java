package org.espalier.prune;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Prunes the weights of lowest score: exactly as many as the counting rule says, equal scores by position, lowest first
 * (in {@link Scope#GLOBAL} lower layers first).
 */
public record Pruner(Criterion criterion, Scope scope, CountingRule counting) {
    /** What the paper says: layer-wise, smallest magnitude, round(p n). */
    public static final Pruner PAPER = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT);

    /**
     * The next mask: {@code mask} less the pruned weights.
     *
     * @param mask present survivors; only they can be pruned
     * @param trained the weights after training under {@code mask}
     * @param fractions (layer) fraction of the survivors to prune, each in [0, 1]
     * @param stream for criteria that draw
     * @throws IllegalArgumentException if there is not one fraction per layer, fractions differ in a global scope, or
     *     a surviving weight's score is not a number
     */
    public Mask prune(Mask mask, Weights trained, List<Double> fractions, Stream stream) {
        return prune(mask, trained, fractions, stream, Optional.empty());
    }

    /**
     * The same for criteria that need more than weights.
     *
     * @param resources what a criterion with needs works on; empty for a criterion without
     * @throws IllegalArgumentException also if the criterion has needs and there are no resources
     */
    public Mask prune(
            Mask mask, Weights trained, List<Double> fractions, Stream stream, Optional<PruningResources> resources) {
        Architecture architecture = mask.architecture();
        if (fractions.size() != architecture.layers()) {
            throw new IllegalArgumentException("a network " + architecture + " needs " + architecture.layers()
                    + " fractions to prune, one per layer, got " + fractions);
        }
        PruningContext context = new PruningContext(criterion, trained, mask, stream, resources);
        BitSet[] survivors = new BitSet[architecture.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        switch (scope) {
            case LAYER -> {
                for (int layer = 0; layer < survivors.length; layer++) {
                    prune(survivors, layer, layer + 1, fractions.get(layer), context);
                }
            }
            case GLOBAL -> {
                if (fractions.stream().distinct().count() > 1) {
                    throw new IllegalArgumentException(
                            "pruning the network as a whole needs the same fraction for every layer, got " + fractions);
                }
                prune(survivors, 0, survivors.length, fractions.getFirst(), context);
            }
        }
        return Mask.of(architecture, survivors);
    }

    /** Prunes a fraction of all survivors of layers {@code from} to {@code to - 1}, together. */
    private void prune(BitSet[] survivors, int from, int to, double fraction, PruningContext context) {
        int count = 0;
        for (int layer = from; layer < to; layer++) {
            count += survivors[layer].cardinality();
        }
        // Score and position in one long, ordered as (score, layer, position): sorting needs no objects.
        long[] keys = new long[count];
        int next = 0;
        int base = 0;
        for (int layer = from; layer < to; layer++) {
            float[] scores = criterion.scores(context, layer);
            for (int i = survivors[layer].nextSetBit(0); i >= 0; i = survivors[layer].nextSetBit(i + 1)) {
                if (Float.isNaN(scores[i])) {
                    throw new IllegalArgumentException(
                            "the score of layer " + layer + "'s weight " + i + " is not a number");
                }
                keys[next++] = ordered(scores[i]) << 32 | (base + i);
            }
            base += scores.length;
        }
        Arrays.sort(keys);
        Weights trained = context.weights();
        int pruned = counting.pruned(fraction, count);
        for (int k = 0; k < pruned; k++) {
            int position = (int) keys[k];
            int layer = from;
            while (position >= trained.matrix(layer).length) {
                position -= trained.matrix(layer).length;
                layer++;
            }
            survivors[layer].clear(position);
        }
    }

    /** An integer that orders as the float does; -0 equals +0. */
    private static long ordered(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ (bits >> 31 & 0x7fffffff);
    }
}
