package org.espalier.scores;

import java.util.HashMap;
import java.util.Map;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * Looks for a sparse network, a mask with new initial weights, that is near the dense network at its initial weights in some distance,
 * and then trains it in a phase of its own. The mask is that of the largest weights of each layer. No label is read in the search.
 */
abstract class MatchingSearch implements MaskProcess {
    /**
     * How to search, whatever the distance.
     *
     * @param counts (layer) weights to keep
     * @param length updates of the search, at least 1
     * @param decay weight of the sum of squared weights
     * @param rate learning rate of Adam
     * @param refresh updates between masks; the last so many keep theirs
     */
    record Rules(int[] counts, int length, double decay, double rate, int refresh) {
        /**
         * Whether a new mask is made after so many updates: as in the code of Liu and Zenke (2020), not where {@code refresh} or
         * fewer are left. The search itself begins with a mask.
         */
        boolean renews(int updates) {
            return updates == 0 || updates % refresh == 0 && updates < length - refresh;
        }
    }

    final MaskTraining training;
    final Rules rules;
    private final TopScores top;
    private boolean searching = true;
    /** Weights of the dense network. */
    Weights origin;
    /** Weights of the sparse network, pruned values included. */
    Weights raw;
    /** Adam's moments of these. */
    Weights first;

    Weights second;

    MatchingSearch(MaskTraining training, Rules rules) {
        this.training = training;
        this.rules = rules;
        Architecture architecture = training.engine().architecture();
        top = new TopScores(architecture, training.stream().child("ties"));
        origin = training.engine().weights();
        raw = origin.copy();
        first = new Weights(architecture);
        second = new Weights(architecture);
    }

    /**
     * Makes one update of {@link #raw} by {@link #first} and {@link #second}.
     *
     * @param mask of the sparse network
     * @param draws of this update
     * @param number of the update, from 1
     */
    abstract void search(Mask mask, Stream draws, int number);

    @Override
    public final void step(int iteration) {
        Engine engine = training.engine();
        if (iteration < rules.length()) {
            if (rules.renews(iteration)) {
                Weights masked = raw.copy();
                top.choose(raw, rules.counts(), raw, masked);
                engine.load(masked, top.mask());
            }
            search(engine.mask(), training.stream().child("match").child(iteration), iteration + 1);
            engine.writeWeights(raw);
            return;
        }
        if (searching) {
            searching = false;
            engine.load(engine.weights(), engine.mask()); // fresh moments
        }
        training.gradient();
        training.update(new Phase(rules.length(), training.iterations() - rules.length(), 1));
    }

    @Override
    public final Mask mask() {
        return training.engine().mask();
    }

    @Override
    public final MaskState state() {
        Map<String, Weights> tensors = new HashMap<>();
        if (searching) {
            tensors.put("origin", origin.copy());
            tensors.put("raw", raw.copy());
            tensors.put("first", first.copy());
            tensors.put("second", second.copy());
        }
        return new MaskState(tensors, Map.of("searching", searching ? 1.0 : 0.0));
    }

    @Override
    public void resume(int iteration, MaskState state) {
        searching = state.number("searching") == 1;
        if (searching) {
            origin = whole(state.tensor("origin"));
            raw = whole(state.tensor("raw"));
            first = state.tensor("first").copy();
            second = state.tensor("second").copy();
        }
    }

    /** With running statistics: these do not change in the search, and the engine has them. */
    private Weights whole(Weights stored) {
        Weights whole = training.engine().weights();
        for (Parameter parameter : whole.graph().parameters()) {
            if (parameter.role().trained()) {
                float[] from = stored.values(parameter.name());
                System.arraycopy(from, 0, whole.values(parameter.name()), 0, from.length);
            }
        }
        return whole;
    }
}
