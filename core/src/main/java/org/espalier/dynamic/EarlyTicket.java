package org.espalier.dynamic;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Trains the dense network until the mask that it would get hardly changes any more, prunes it to that mask, and trains it in a
 * phase of its own. The mask keeps the largest weights of the whole network, and at least one of each layer.
 */
final class EarlyTicket implements MaskProcess {
    private static final String WINDOW = "window";
    private static final String FOUND = "found";

    /**
     * How to search.
     *
     * @param threshold the search ends when the newest mask differs from each other mask of the window at less than this fraction
     *     of all positions
     * @param keptThreshold and at less than this fraction of the weights that it keeps, counting those that the other lacks
     * @param window number of the last masks that are compared
     * @param every updates between masks
     * @param latest updates after which the search ends at the latest, at least 1 and below the level's
     * @param natural whether the search trains on clean images
     * @param original whether the ticket begins again from the level's first weights
     */
    record Rules(
            double density,
            double threshold,
            double keptThreshold,
            int window,
            int every,
            int latest,
            boolean natural,
            boolean original) {}

    private final MaskTraining training;
    private final Rules rules;
    private final Selection selection = new Selection();
    private final Deque<Mask> masks = new ArrayDeque<>(); // the newest last
    private @Nullable Weights origin; // the level's first weights, while they may be wanted
    private int found = -1; // updates before the ticket's first

    EarlyTicket(MaskTraining training, Rules rules) {
        this.training = training;
        this.rules = rules;
        origin = rules.original() ? training.engine().weights() : null;
    }

    @Override
    public void step(int iteration) {
        if (found < 0) {
            if (rules.natural()) {
                training.naturalGradient();
            } else {
                training.gradient();
            }
            training.update(training.whole());
            search(iteration + 1);
            return;
        }
        training.gradient();
        training.update(new Phase(found, training.iterations() - found, 1));
    }

    private void search(int done) {
        boolean last = done == rules.latest();
        if (done % rules.every() != 0 && !last) {
            return;
        }
        Weights weights = training.engine().weights();
        Mask mask = cut(weights);
        masks.addLast(mask);
        if (masks.size() > rules.window()) {
            masks.removeFirst();
        }
        if (last || masks.size() == rules.window() && masks.stream().allMatch(this::near)) {
            found = done;
            masks.clear();
            Weights start = origin != null ? origin : weights;
            start.apply(mask);
            training.engine().load(start, mask);
            origin = null;
        }
    }

    private boolean near(Mask earlier) {
        Mask newest = masks.getLast();
        // A mask always lacks none of its own weights.
        return distance(earlier, newest) < rules.threshold()
                && (earlier == newest || keptDistance(earlier, newest) < rules.keptThreshold());
    }

    /** Positions at which masks differ, as a fraction of all positions. */
    static double distance(Mask a, Mask b) {
        long differing = 0;
        for (int layer = 0; layer < a.architecture().layers(); layer++) {
            BitSet difference = a.survivors(layer);
            difference.xor(b.survivors(layer));
            differing += difference.cardinality();
        }
        return (double) differing / a.architecture().weights();
    }

    /** Weights of the newer mask that the other lacks, as a fraction of all that it keeps. */
    static double keptDistance(Mask earlier, Mask newest) {
        long lacking = 0;
        for (int layer = 0; layer < newest.architecture().layers(); layer++) {
            BitSet own = newest.survivors(layer);
            own.andNot(earlier.survivors(layer));
            lacking += own.cardinality();
        }
        return (double) lacking / newest.count();
    }

    /** The mask of the largest weights. Of equal ones a fixed draw decides, the same at every update. */
    Mask cut(Weights weights) {
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
        int count = (int) Math.max(1, Math.round(rules.density() * keys.length));
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

    private static int largest(int[] keys, int base, int size) {
        int largest = 0;
        for (int i = 1; i < size; i++) {
            largest = keys[base + i] > keys[base + largest] ? i : largest;
        }
        return largest;
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }

    @Override
    public MaskState state() {
        Map<String, Weights> tensors = new HashMap<>();
        int number = 0;
        for (Mask mask : masks) {
            tensors.put(WINDOW + (char) ('a' + number++), ones(mask));
        }
        if (origin != null) {
            tensors.put("origin", origin.copy());
        }
        return new MaskState(tensors, Map.of(FOUND, (double) found));
    }

    @Override
    public void resume(int iteration, MaskState state) {
        found = (int) state.number(FOUND);
        masks.clear();
        for (int number = 0; state.tensors().containsKey(WINDOW + (char) ('a' + number)); number++) {
            masks.addLast(mask(state.tensor(WINDOW + (char) ('a' + number))));
        }
        origin = rules.original() && found < 0 ? state.whole("origin") : null;
    }

    private static Weights ones(Mask mask) {
        Weights ones = new Weights(mask.architecture());
        for (int layer = 0; layer < mask.architecture().layers(); layer++) {
            Arrays.fill(ones.matrix(layer), 1f);
        }
        ones.apply(mask);
        return ones;
    }

    private static Mask mask(Weights ones) {
        BitSet[] survivors = new BitSet[ones.architecture().layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = new BitSet();
            float[] values = ones.matrix(layer);
            for (int i = 0; i < values.length; i++) {
                survivors[layer].set(i, values[i] != 0);
            }
        }
        return Mask.of(ones.architecture(), survivors);
    }

    /** Refuses a search that leaves no update to the ticket. */
    static int latest(double fraction, int iterations) {
        int latest = (int) Math.round(fraction * iterations);
        if (latest < 1 || latest >= iterations) {
            throw new IllegalArgumentException("searches until update " + latest + " of " + iterations
                    + " at the latest, expected at least 1 update before and after it");
        }
        return latest;
    }
}
