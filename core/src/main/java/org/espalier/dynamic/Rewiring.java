package org.espalier.dynamic;

import java.util.BitSet;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.jspecify.annotations.Nullable;

/**
 * Drops the weakest weights of each layer at events and grows as many at other places, where {@link Change} says nothing else. A
 * layer without an empty place stays as it is. Grown weights begin at zero, or at a small draw, with zero moments, also where the
 * event dropped them.
 */
final class Rewiring implements MaskProcess {
    private static final String MOMENTUM = "momentum";

    /**
     * When and how to rewire.
     *
     * @param event whether update {@code t}, from 0, is or ends with an event
     * @param fraction of a layer's weights to drop at that event
     * @param replacesUpdate whether the event comes in place of the update of weights, and not after it
     * @param signs whether the fraction of positive and that of negative weights are dropped separately
     * @param output whether the output layer takes part
     * @param growth which weights grow
     * @param momentum share of the past in the mean of gradients that {@link Growth#MOMENTUM} ranks by, in [0, 1)
     * @param deviation standard deviation of grown weights' first values
     * @param change of the number of weights
     */
    record Rules(
            IntPredicate event,
            IntToDoubleFunction fraction,
            boolean replacesUpdate,
            boolean signs,
            boolean output,
            Growth growth,
            float momentum,
            double deviation,
            Change change) {
        /** As many weights grow as are dropped. */
        Rules(
                IntPredicate event,
                IntToDoubleFunction fraction,
                boolean replacesUpdate,
                boolean signs,
                boolean output,
                Growth growth,
                float momentum,
                double deviation) {
            this(event, fraction, replacesUpdate, signs, output, growth, momentum, deviation, _ -> Counts.SAME);
        }
    }

    /** How an event changes the number of weights. */
    @FunctionalInterface
    interface Change {
        /** The change at an update. */
        Counts at(int iteration);
    }

    /**
     * How many weights are dropped and grown, in terms of the weights that the fraction drops. A layer keeps at least 1 weight
     * before others grow.
     *
     * @param extra share of them that is dropped besides, at least 0; with {@code signs} it must be 0
     * @param growth factor of those that grow, at least 0
     */
    record Counts(double extra, double growth) {
        static final Counts SAME = new Counts(0, 1);
    }

    private final MaskTraining training;
    private final Rules rules;
    private final Selection selection = new Selection();
    private int[] keys = {};
    private @Nullable Weights mean; // of gradients, where weights grow by it

    Rewiring(MaskTraining training, Rules rules) {
        this.training = training;
        this.rules = rules;
        mean = rules.growth() == Growth.MOMENTUM ? new Weights(training.engine().architecture()) : null;
    }

    @Override
    public void step(int iteration) {
        boolean event = rules.event().test(iteration);
        if (mean != null) {
            training.allGradients();
            follow(training.engine().gradient(), mean);
        } else if (event && rules.growth() == Growth.GRADIENT) {
            training.allGradients();
        } else if (!(event && rules.replacesUpdate())) {
            training.gradient();
        }
        @Nullable
        Weights scores = !event
                ? null
                : switch (rules.growth()) {
                    case RANDOM -> null;
                    case GRADIENT -> training.engine().gradient();
                    case MOMENTUM -> mean;
                };
        if (!(event && rules.replacesUpdate())) {
            training.update(training.whole());
        }
        if (event) {
            rewire(
                    rules.fraction().applyAsDouble(iteration),
                    rules.change().at(iteration),
                    scores,
                    training.stream().child(iteration));
        }
    }

    private void follow(Weights gradient, Weights mean) {
        float past = rules.momentum();
        for (Parameter parameter : mean.graph().prunable()) {
            float[] from = gradient.values(parameter.name());
            float[] to = mean.values(parameter.name());
            for (int i = 0; i < to.length; i++) {
                to[i] = past * to[i] + (1 - past) * from[i];
            }
        }
    }

    private void rewire(double fraction, Counts counts, @Nullable Weights scores, Stream draws) {
        Engine engine = training.engine();
        Architecture architecture = engine.architecture();
        Mask mask = engine.mask();
        Weights weights = engine.weights();
        Weights first = engine.moment(0);
        Weights second = engine.moment(1);
        BitSet[] survivors = new BitSet[architecture.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
            int size = architecture.weights(layer);
            int kept = survivors[layer].cardinality();
            boolean takesPart = rules.output() || layer + 1 < survivors.length;
            if (kept == size || !takesPart) {
                continue;
            }
            Stream stream = draws.child(layer);
            float[] values = weights.matrix(layer);
            BitSet dropped = dropped(survivors[layer], values, fraction, counts.extra(), stream.child("drop"));
            survivors[layer].andNot(dropped);
            BitSet empty = new BitSet();
            empty.set(0, size);
            empty.andNot(survivors[layer]);
            int count = counts.equals(Counts.SAME)
                    ? dropped.cardinality()
                    : (int) (counts.growth() * (int) (fraction * kept));
            BitSet grown = scores == null
                    ? selection.random(empty, count, stream.child("grow"))
                    : selection.lowest(empty, largestFirst(scores.matrix(layer)), count, stream.child("grow"));
            survivors[layer].or(grown);
            Stream fresh = stream.child("value");
            for (int at = grown.nextSetBit(0); at >= 0; at = grown.nextSetBit(at + 1)) {
                values[at] = rules.deviation() == 0 ? 0 : (float) BoxMuller.at(fresh, at, rules.deviation());
                first.matrix(layer)[at] = 0;
                second.matrix(layer)[at] = 0;
            }
        }
        engine.load(weights, Mask.of(architecture, survivors));
        engine.loadMoments(first, second);
    }

    private BitSet dropped(BitSet kept, float[] values, double fraction, double extra, Stream ties) {
        int[] keys = magnitudes(values);
        if (!rules.signs()) {
            int size = kept.cardinality();
            int count = (int) (fraction * size) + (int) (extra * fraction * size);
            return selection.lowest(kept, keys, extra > 0 ? Math.min(count, size - 1) : count, ties);
        }
        BitSet negative = new BitSet();
        for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
            negative.set(at, values[at] < 0);
        }
        BitSet positive = (BitSet) kept.clone();
        positive.andNot(negative);
        BitSet dropped = selection.lowest(positive, keys, (int) (fraction * positive.cardinality()), ties);
        dropped.or(selection.lowest(negative, keys, (int) (fraction * negative.cardinality()), ties));
        return dropped;
    }

    /** Keys of a layer by size, in room that the next call takes again. */
    private int[] magnitudes(float[] values) {
        int[] made = room(values.length);
        for (int i = 0; i < values.length; i++) {
            made[i] = Selection.magnitude(values[i]);
        }
        return made;
    }

    private int[] largestFirst(float[] values) {
        int[] made = magnitudes(values);
        for (int i = 0; i < values.length; i++) {
            made[i] = ~made[i];
        }
        return made;
    }

    private int[] room(int size) {
        if (keys.length < size) {
            keys = new int[size];
        }
        return keys;
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }

    @Override
    public MaskState state() {
        return mean == null ? MaskState.NONE : new MaskState(Map.of(MOMENTUM, mean.copy()), Map.of());
    }

    @Override
    public void resume(int iteration, MaskState state) {
        if (mean != null) {
            mean = state.tensor(MOMENTUM).copy();
        }
    }
}
