package org.espalier.prune;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToLongFunction;
import org.espalier.UserException;
import org.espalier.network.Architecture;
import org.espalier.network.Units;
import org.espalier.random.Stream;

/** Takes units out of a network, in one round of a pruning. Each layer keeps at least one unit. */
final class UnitPruner {
    private final UnitCriterion criterion;
    private final PruningContext context;
    private final Architecture architecture;
    private final Units units;
    private final BitSet[] survivors; // (layer): changed
    private final Pruner.Ties ties;
    private final Stream stream;

    UnitPruner(UnitCriterion criterion, PruningContext context, BitSet[] survivors, Pruner.Ties ties, Stream stream) {
        this.criterion = criterion;
        this.context = context;
        this.survivors = survivors;
        this.ties = ties;
        this.stream = stream;
        architecture = context.mask().architecture();
        units = new Units(architecture);
    }

    /** Units that are there and can be taken out, by layer; none for a layer whose units must stay. */
    static BitSet[] present(Architecture architecture, BitSet[] survivors) {
        Units units = new Units(architecture);
        BitSet[] present = new BitSet[survivors.length];
        for (int layer = 0; layer < present.length; layer++) {
            present[layer] = units.removable(layer) ? units.present(survivors, layer) : new BitSet();
        }
        if (Arrays.stream(present).allMatch(BitSet::isEmpty)) {
            throw new UserException("the criterion takes out hidden units, and network " + architecture
                    + " has none that can be taken out");
        }
        return present;
    }

    /**
     * Takes out the lowest units.
     *
     * @param counts units to take out of each layer, or of all layers together in the first entry
     * @param floor units that a layer keeps
     */
    void prune(Scope scope, int[] counts, int floor) {
        BitSet[] present = present(architecture, survivors);
        if (scope == Scope.LAYER) {
            for (int layer = 0; layer < present.length; layer++) {
                take(present, layer, layer + 1, counts[layer], floor);
            }
        } else {
            take(present, 0, present.length, counts[0], floor);
        }
    }

    private void take(BitSet[] present, int from, int to, int count, int floor) {
        int[] layers = new int[Pruner.count(present, from, to)];
        int[] numbers = new int[layers.length];
        double[] scores = new double[layers.length];
        int next = 0;
        for (int layer = from; layer < to; layer++) {
            if (present[layer].isEmpty()) {
                continue;
            }
            double[] scored = criterion.units(context, layer);
            for (int unit = present[layer].nextSetBit(0); unit >= 0; unit = present[layer].nextSetBit(unit + 1)) {
                layers[next] = layer;
                numbers[next] = unit;
                scores[next++] = Pruner.number(scored[unit], layer, "unit", unit);
            }
        }
        BitSet chosen =
                Pruner.lowest(new Ranking(scores), layers, from, to, count, floor, ties(layers, i -> numbers[i]));
        chosen.stream().forEach(i -> units.clear(survivors, layers[i], numbers[i]));
    }

    /**
     * Takes out units and single weights in the order of one list of scores, until a number of weights is gone. A unit with more
     * weights than are left to go stays, and so does a layer's last unit or weight.
     *
     * @param count weights to prune
     * @param floor weights that a layer keeps
     */
    void mixed(PreciseCriterion weights, int count, int floor) {
        BitSet[] present = present(architecture, survivors);
        int total = Pruner.count(survivors, 0, survivors.length) + Pruner.count(present, 0, present.length);
        int[] layers = new int[total];
        int[] numbers = new int[total]; // of a weight, or -1 - that of a unit
        double[] scores = new double[total];
        int next = 0;
        for (int layer = 0; layer < survivors.length; layer++) {
            double[] single = weights.precise(context, layer);
            for (int i = survivors[layer].nextSetBit(0); i >= 0; i = survivors[layer].nextSetBit(i + 1)) {
                layers[next] = layer;
                numbers[next] = i;
                scores[next++] = Pruner.number(single[i], layer, "weight", i);
            }
            double[] whole = present[layer].isEmpty() ? new double[0] : criterion.units(context, layer);
            for (int unit = present[layer].nextSetBit(0); unit >= 0; unit = present[layer].nextSetBit(unit + 1)) {
                layers[next] = layer;
                numbers[next] = -1 - unit;
                scores[next++] = Pruner.number(whole[unit], layer, "unit", unit);
            }
        }
        IntToLongFunction tie = ties(layers, i -> numbers[i] & 0xffffffffL);
        int[] weightsLeft =
                Arrays.stream(survivors).mapToInt(BitSet::cardinality).toArray();
        int[] unitsLeft = Arrays.stream(present).mapToInt(BitSet::cardinality).toArray();
        int left = count;
        for (int i : ordered(scores, tie)) {
            int layer = layers[i];
            if (left == 0) {
                break;
            } else if (numbers[i] >= 0) {
                if (survivors[layer].get(numbers[i]) && weightsLeft[layer] > floor) {
                    survivors[layer].clear(numbers[i]);
                    weightsLeft[layer]--;
                    left--;
                }
            } else if (unitsLeft[layer] > 1) {
                int[] after = weightsLeft.clone();
                int gone = units.subtract(survivors, layer, -1 - numbers[i], after);
                if (gone <= left && Arrays.stream(after).allMatch(stay -> stay >= floor)) {
                    units.clear(survivors, layer, -1 - numbers[i]);
                    weightsLeft = after;
                    unitsLeft[layer]--;
                    left -= gone;
                }
            }
        }
    }

    private IntToLongFunction ties(int[] layers, IntToLongFunction position) {
        if (ties == Pruner.Ties.POSITION) {
            return _ -> 0;
        }
        Stream[] draws = new Stream[survivors.length];
        Arrays.setAll(draws, stream::child);
        return i -> draws[layers[i]].bits(position.applyAsLong(i));
    }

    private static int[] ordered(double[] scores, IntToLongFunction ties) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int byScore = Double.compare(scores[a] + 0.0, scores[b] + 0.0);
            int byTie = byScore != 0 ? byScore : Long.compare(ties.applyAsLong(a), ties.applyAsLong(b));
            return byTie != 0 ? byTie : Integer.compare(a, b);
        });
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
}
