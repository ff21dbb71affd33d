package org.espalier.prune;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntToLongFunction;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Units;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Prunes the weights of lowest score: exactly as many as the counting rule says. A criterion with {@link Criterion#rounds several
 * rounds} is asked anew in each; the last round reaches the count. A {@link UnitCriterion} takes out units in place of weights.
 *
 * @param floor weights that each layer keeps at least, in {@link Scope#NEURON} each output, units for a {@link UnitCriterion};
 *     empty for {@link Criterion#floor}. A layer that has fewer keeps them all. In {@link Scope#GLOBAL} other layers lose what
 *     the floor holds back
 * @param ties which of equal scores goes first; empty for {@link Criterion#ties}
 */
public record Pruner(Criterion criterion, Scope scope, CountingRule counting, OptionalInt floor, Optional<Ties> ties) {
    /** Which of equal scores goes first. */
    public enum Ties {
        /** The lower position, in {@link Scope#GLOBAL} that in the lower layer. */
        POSITION,
        /** A random one, drawn once for each position of a pruning. */
        RANDOM
    }

    /** What the paper says: layer-wise, smallest magnitude, round(p n). */
    public static final Pruner PAPER = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT);

    /** With the criterion's own floor and ties. */
    public Pruner(Criterion criterion, Scope scope, CountingRule counting) {
        this(criterion, scope, counting, OptionalInt.empty(), Optional.empty());
    }

    /**
     * The next mask: {@code mask} less the pruned weights.
     *
     * @param mask present survivors; only they can be pruned
     * @param trained the weights after training under {@code mask}
     * @param fractions (layer) fraction of the survivors to prune, each in [0, 1]. In {@link Scope#GLOBAL} layers with 0 stay, and
     *     the others have one fraction
     * @param stream for criteria that draw
     * @throws IllegalArgumentException if there is not one fraction per layer, fractions above 0 differ in a global scope, or
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
        return prune(mask, trained, fractions, stream, resources, Optional.empty());
    }

    /**
     * The same for criteria that need the weights before training.
     *
     * @param origin where the network's weights come from; empty for a criterion that does not ask
     */
    public Mask prune(
            Mask mask,
            Weights trained,
            List<Double> fractions,
            Stream stream,
            Optional<PruningResources> resources,
            Optional<PruningContext.Origin> origin) {
        Architecture architecture = mask.architecture();
        if (fractions.size() != architecture.layers()) {
            throw new IllegalArgumentException("a network " + architecture + " needs " + architecture.layers()
                    + " fractions to prune, one per layer, got " + fractions);
        }
        if (scope == Scope.GLOBAL
                && fractions.stream()
                                .filter(fraction -> fraction > 0 || criterion instanceof UnitCriterion)
                                .distinct()
                                .count()
                        > 1) {
            throw new IllegalArgumentException(
                    "pruning the network as a whole needs the same fraction for every layer, got " + fractions);
        }
        BitSet part = part(fractions);
        List<Double> shares = scope == Scope.GLOBAL ? List.of(Collections.max(fractions)) : fractions;
        int rounds = criterion.rounds();
        int[] before = counts(architecture, survivors(mask), part);
        int[] all = counts(architecture, survivors(Mask.dense(architecture)), part);
        int staying = scope == Scope.GLOBAL && !takesUnits() ? mask.count() - before[0] : 0;
        int[] goal = new int[before.length];
        for (int group = 0; group < goal.length; group++) {
            goal[group] = before[group] - pruned(shares.get(group), before[group], all[group], staying);
        }
        if (rounds > 1 && Arrays.equals(goal, before)) {
            return mask;
        }
        Mask present = mask;
        for (int round = 1; round <= rounds; round++) {
            int[] left = goal.clone();
            for (int group = 0; round < rounds && group < left.length; group++) {
                double kept = criterion.kept(1 - shares.get(group), round);
                left[group] = Math.max(goal[group], before[group] - CountingRule.EXACT.pruned(1 - kept, before[group]));
            }
            Weights weights = trained;
            if (round > 1) {
                weights = trained.copy();
                weights.apply(present);
            }
            Stream draws = rounds == 1 ? stream : stream.child("round").child(round);
            present = prune(
                    new PruningContext(criterion, weights, present, draws, resources, origin),
                    left,
                    part,
                    stream.child("ties"));
        }
        return present;
    }

    /** Layers that lose weights: in a global scope those with 0 stay. */
    private BitSet part(List<Double> fractions) {
        BitSet part = new BitSet();
        for (int layer = 0; layer < fractions.size(); layer++) {
            part.set(layer, scope != Scope.GLOBAL || fractions.get(layer) > 0);
        }
        if (part.isEmpty()) {
            part.set(0, fractions.size()); // no layer loses any
        }
        return part;
    }

    /**
     * Survivors by group of weights that lose a fraction together: a layer, the network, or one output of each layer.
     *
     * @param part layers that count in a global scope
     */
    private int[] counts(Architecture architecture, BitSet[] survivors, BitSet part) {
        BitSet[] counted = takesUnits() ? UnitPruner.present(architecture, survivors) : survivors;
        int[] counts = new int[survivors.length];
        for (int layer = 0; layer < counts.length; layer++) {
            counts[layer] = scope == Scope.NEURON
                    ? row(survivors[layer], architecture.inputs(layer), 0)
                    : counted[layer].cardinality();
        }
        return scope == Scope.GLOBAL
                ? new int[] {part.stream().map(layer -> counts[layer]).sum()}
                : counts;
    }

    /** Whether fractions count units. */
    private boolean takesUnits() {
        return criterion instanceof UnitCriterion && !(criterion instanceof PreciseCriterion);
    }

    private static int row(BitSet survivors, int inputs, int row) {
        int count = 0;
        for (int at = survivors.nextSetBit(row * inputs); at >= 0 && at < (row + 1) * inputs; ) {
            count++;
            at = survivors.nextSetBit(at + 1);
        }
        return count;
    }

    private static BitSet[] survivors(Mask mask) {
        BitSet[] survivors = new BitSet[mask.architecture().layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        return survivors;
    }

    /** Weights to prune, of {@code survivors} that lose a fraction together; the floor is not counted in. */
    private int pruned(double fraction, int survivors, int all, int staying) {
        return counting == CountingRule.AS_PUBLISHED
                ? criterion.published(fraction, survivors)
                : counting.pruned(fraction, survivors, all, staying);
    }

    /** The floor in force. */
    public int least() {
        return floor.orElse(criterion.floor());
    }

    /**
     * Number of surviving weights after each of several prunings of the dense network, which does not depend on scores. For units
     * in a global scope it is an estimate: which layers lose them depends on scores.
     *
     * @param prunings (pruning, layer) fraction of the survivors to prune
     * @return (pruning) surviving weights of the whole network, from the dense network on
     */
    public int[] survivors(Architecture architecture, List<List<Double>> prunings) {
        return survivors(Mask.dense(architecture), prunings);
    }

    /**
     * The same of a network that is sparse already.
     *
     * @param start the mask before the first pruning
     * @throws IllegalArgumentException if units or single outputs are pruned and the mask is not dense: their numbers then depend on
     *     where its weights are
     */
    public int[] survivors(Mask start, List<List<Double>> prunings) {
        boolean whole = start.count() == start.architecture().weights();
        if (!whole && (takesUnits() || scope == Scope.NEURON)) {
            throw new IllegalArgumentException(
                    "units and single outputs are pruned of dense networks only, this one has a density of "
                            + start.density());
        }
        Planned planned = new Planned(start);
        int[] survivors = new int[prunings.size() + 1];
        survivors[0] = start.count();
        for (int i = 0; i < prunings.size(); i++) {
            survivors[i + 1] = planned.prune(prunings.get(i));
        }
        return survivors;
    }

    /** Counts of survivors in advance. */
    private final class Planned {
        private final Architecture architecture;
        private final Units units;
        private final int[]
                left; // (layer): weights, weights of an output, or units; of a global scope those of the start
        private final int[] all; // (layer): the same of the dense network
        private int together; // weights of the whole network

        Planned(Mask start) {
            architecture = start.architecture();
            units = new Units(architecture);
            left = new int[architecture.layers()];
            all = new int[left.length];
            for (int layer = 0; layer < left.length; layer++) {
                all[layer] = takesUnits()
                        ? architecture.outputs(layer)
                        : scope == Scope.NEURON ? architecture.inputs(layer) : architecture.weights(layer);
                left[layer] = takesUnits() || scope == Scope.NEURON ? all[layer] : start.count(layer);
            }
            together = start.count();
        }

        int prune(List<Double> fractions) {
            if (takesUnits()) {
                for (int layer = 0; layer < left.length; layer++) {
                    if (units.removable(layer)) {
                        left[layer] = after(left[layer], fractions.get(layer), all[layer], 0, Math.max(1, least()));
                    }
                }
                return weights();
            } else if (scope == Scope.GLOBAL) {
                BitSet part = part(fractions);
                int floors = 0;
                int whole = 0;
                int staying = 0; // layers that stay have their weights of the start
                for (int layer = 0; layer < left.length; layer++) {
                    if (part.get(layer)) {
                        floors += Math.min(least(), left[layer]);
                        whole += all[layer];
                    } else {
                        staying += left[layer];
                    }
                }
                together = staying + after(together - staying, Collections.max(fractions), whole, staying, floors);
                return together;
            }
            int sum = 0;
            for (int layer = 0; layer < left.length; layer++) {
                left[layer] = after(left[layer], fractions.get(layer), all[layer], 0, least());
                sum += left[layer] * (scope == Scope.NEURON ? architecture.outputs(layer) : 1);
            }
            return sum;
        }

        private int after(int survivors, double fraction, int whole, int staying, int floor) {
            return Math.max(survivors - pruned(fraction, survivors, whole, staying), Math.min(floor, survivors));
        }

        /** Weights between the units that are left. */
        private int weights() {
            int[] columns = new int[left.length];
            for (int layer = 0; layer < left.length; layer++) {
                columns[layer] = architecture.inputs(layer);
            }
            for (int layer = 0; layer < left.length; layer++) {
                for (Units.Reader reader : units.readers(layer)) {
                    columns[reader.layer()] = left[layer] * reader.each();
                }
            }
            int sum = 0;
            for (int layer = 0; layer < left.length; layer++) {
                sum += left[layer] * columns[layer];
            }
            return sum;
        }
    }

    /** One round: prunes down to a number of survivors in each group. */
    private Mask prune(PruningContext context, int[] left, BitSet part, Stream stream) {
        Architecture architecture = context.mask().architecture();
        BitSet[] survivors = survivors(context.mask());
        int[] go = counts(architecture, survivors, part);
        for (int group = 0; group < go.length; group++) {
            go[group] = Math.max(0, go[group] - left[group]);
        }
        Ties order = ties.orElse(criterion.ties());
        if (criterion instanceof UnitCriterion byUnit) {
            UnitPruner pruner = new UnitPruner(byUnit, context, survivors, order, stream);
            if (criterion instanceof PreciseCriterion byWeight) {
                pruner.mixed(byWeight, go[0], Math.max(1, least()));
            } else {
                pruner.prune(scope, go, Math.max(1, least()));
            }
            return Mask.of(architecture, survivors);
        }
        switch (scope) {
            case LAYER -> {
                for (int layer = 0; layer < survivors.length; layer++) {
                    BitSet alone = new BitSet();
                    alone.set(layer);
                    together(context, survivors, alone, go[layer], order, stream);
                }
            }
            case GLOBAL -> together(context, survivors, part, go[0], order, stream);
            case NEURON -> {
                for (int layer = 0; layer < survivors.length; layer++) {
                    rows(context, survivors, layer, left[layer], order, stream);
                }
            }
        }
        return Mask.of(architecture, survivors);
    }

    private double[] scores(PruningContext context, int layer) {
        if (criterion instanceof PreciseCriterion precise) {
            return precise.precise(context, layer);
        }
        float[] scores = criterion.scores(context, layer);
        double[] wide = new double[scores.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = scores[i];
        }
        return wide;
    }

    private void together(
            PruningContext context, BitSet[] survivors, BitSet part, int count, Ties order, Stream stream) {
        int[] layers = new int
                [part.stream().map(layer -> survivors[layer].cardinality()).sum()];
        int[] positions = new int[layers.length];
        double[] scores = new double[layers.length];
        int next = 0;
        for (int layer = part.nextSetBit(0); layer >= 0; layer = part.nextSetBit(layer + 1)) {
            double[] scored = scores(context, layer);
            for (int i = survivors[layer].nextSetBit(0); i >= 0; i = survivors[layer].nextSetBit(i + 1)) {
                layers[next] = layer;
                positions[next] = i;
                scores[next++] = number(scored[i], layer, "weight", i);
            }
        }
        int from = part.nextSetBit(0);
        int to = part.length();
        Stream[] draws = new Stream[to];
        Arrays.setAll(draws, stream::child);
        BitSet chosen = lowest(
                new Ranking(scores),
                layers,
                from,
                to,
                count,
                least(),
                i -> order == Ties.RANDOM ? draws[layers[i]].bits(positions[i]) : 0);
        for (int i = chosen.nextSetBit(0); i >= 0; i = chosen.nextSetBit(i + 1)) {
            survivors[layers[i]].clear(positions[i]);
        }
    }

    private void rows(PruningContext context, BitSet[] survivors, int layer, int left, Ties order, Stream stream) {
        Architecture architecture = context.mask().architecture();
        double[] scored = scores(context, layer);
        Stream draws = stream.child(layer);
        int inputs = architecture.inputs(layer);
        for (int row = 0; row < architecture.outputs(layer); row++) {
            int[] positions = survivors[layer].get(row * inputs, (row + 1) * inputs).stream()
                    .toArray();
            double[] scores = new double[positions.length];
            for (int i = 0; i < scores.length; i++) {
                positions[i] += row * inputs;
                scores[i] = number(scored[positions[i]], layer, "weight", positions[i]);
            }
            int go = Math.min(positions.length - left, positions.length - Math.min(least(), positions.length));
            BitSet chosen = new Ranking(scores)
                    .lowest(Math.max(0, go), i -> order == Ties.RANDOM ? draws.bits(positions[i]) : 0);
            chosen.stream().forEach(i -> survivors[layer].clear(positions[i]));
        }
    }

    /**
     * The lowest of a list of candidates of several layers, so that each layer keeps its floor: its highest candidates.
     *
     * @param layers (candidate) ascending
     * @param count to choose; fewer where floors do not leave as many
     */
    static BitSet lowest(
            Ranking ranking, int[] layers, int from, int to, int count, int floor, IntToLongFunction ties) {
        int[] firsts = new int[to + 1];
        Arrays.fill(firsts, layers.length);
        for (int i = layers.length - 1; i >= 0; i--) {
            firsts[layers[i]] = i;
        }
        for (int layer = to - 1; layer >= from; layer--) {
            firsts[layer] = Math.min(firsts[layer], firsts[layer + 1]);
        }
        int free = 0;
        for (int layer = from; layer < to; layer++) {
            int size = firsts[layer + 1] - firsts[layer];
            free += size - Math.min(floor, size);
        }
        int most = Math.min(count, free);
        boolean[] held = new boolean[to];
        while (true) {
            BitSet chosen = ranking.lowest(most, ties);
            boolean more = false;
            for (int layer = from; layer < to; layer++) {
                int first = firsts[layer];
                int size = firsts[layer + 1] - first;
                int stay = size - chosen.get(first, first + size).cardinality();
                if (!held[layer] && stay < Math.min(floor, size)) {
                    held[layer] = true;
                    more = true;
                    protect(ranking, first, size, floor, ties);
                }
            }
            if (!more) {
                return chosen;
            }
        }
    }

    private static void protect(Ranking ranking, int first, int size, int floor, IntToLongFunction ties) {
        BitSet lower = ranking.part(first, size).lowest(size - Math.min(floor, size), i -> ties.applyAsLong(first + i));
        for (int i = 0; i < size; i++) {
            if (!lower.get(i)) {
                ranking.protect(first + i);
            }
        }
    }

    static int count(BitSet[] survivors, int from, int to) {
        int count = 0;
        for (int layer = from; layer < to; layer++) {
            count += survivors[layer].cardinality();
        }
        return count;
    }

    /** A score that is a number. */
    static double number(double score, int layer, String what, int position) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException(
                    "the score of layer " + layer + "'s " + what + " " + position + " is not a number");
        }
        return score;
    }
}
