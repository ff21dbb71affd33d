package org.espalier.dynamic.early;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Trains the dense network until the mask that it would get hardly changes any more, prunes it to that mask, and trains it in a
 * phase of its own. {@link TicketMasks} says what the mask is of.
 */
final class EarlyTicket implements MaskProcess {
    private static final String WINDOW = "window";
    private static final String FOUND = "found";

    /**
     * How to search.
     *
     * @param threshold the search ends when the newest mask differs from each other mask of the window at less than this fraction
     *     of all positions
     * @param keptThreshold and at less than this fraction of the positions that it keeps, counting those that the other lacks
     * @param window number of the last masks that are compared
     * @param every updates between masks
     * @param latest updates after which the search ends at the latest, at least 1 and below the level's
     * @param natural whether the search trains on clean images
     * @param original whether the ticket begins again from the level's first weights
     * @param penalty weight of the L1 norm of batch norms' scales in the search's loss; 0 for none
     */
    record Rules(
            double threshold,
            double keptThreshold,
            int window,
            int every,
            int latest,
            boolean natural,
            boolean original,
            double penalty) {}

    private final MaskTraining training;
    private final Rules rules;
    private final TicketMasks cuts;
    private final @Nullable ScalePenalty penalty;
    private final Deque<Mask> masks = new ArrayDeque<>(); // the newest last
    private @Nullable Weights origin; // the level's first weights, while they may be wanted
    private int found = -1; // updates before the ticket's first
    private Optional<String> news = Optional.empty();

    EarlyTicket(MaskTraining training, Rules rules, TicketMasks cuts) {
        this.training = training;
        this.rules = rules;
        this.cuts = cuts;
        penalty = rules.penalty() > 0 ? new ScalePenalty(training.engine(), rules.penalty()) : null;
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
            if (penalty != null) {
                penalty.add();
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
        Mask mask = cuts.cut(weights);
        masks.addLast(mask);
        if (masks.size() > rules.window()) {
            masks.removeFirst();
        }
        boolean stable = masks.size() == rules.window() && masks.stream().allMatch(this::near);
        if (last || stable) {
            found = done;
            news = Optional.of(found(done, stable));
            masks.clear();
            Weights start = origin != null ? origin : weights;
            start.apply(mask);
            training.engine().load(start, mask);
            origin = null;
        }
    }

    private String found(int done, boolean stable) {
        Mask newest = masks.getLast();
        double apart = masks.stream()
                .mapToDouble(earlier -> cuts.distance(earlier, newest))
                .max()
                .orElse(0);
        double keptApart = masks.stream()
                .mapToDouble(earlier -> earlier == newest ? 0 : cuts.keptDistance(earlier, newest))
                .max()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%s update %,d of %,d: the last %d masks differ from the newest at no more than %.2g of all positions, and of"
                        + " the positions kept at %.2g",
                stable
                        ? "the ticket is stable at"
                        : "no stable ticket was found, and the search ends with the mask of its latest",
                done,
                training.iterations(),
                masks.size(),
                apart,
                keptApart);
    }

    @Override
    public Optional<String> news() {
        Optional<String> given = news;
        news = Optional.empty();
        return given;
    }

    private boolean near(Mask earlier) {
        Mask newest = masks.getLast();
        // A mask always lacks none of its own weights.
        return cuts.distance(earlier, newest) < rules.threshold()
                && (earlier == newest || cuts.keptDistance(earlier, newest) < rules.keptThreshold());
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
