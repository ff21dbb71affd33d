package org.espalier.prune;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a criterion scores: one network after a level's training. The same for all layers of one pruning. Not for use by
 * several threads at once.
 */
public final class PruningContext {
    private static final int BATCH = 256;

    private final Criterion criterion;
    private final Weights weights;
    private final Mask mask;
    private final Stream stream;
    private final Optional<PruningResources> resources;
    private final Optional<Origin> origin;
    private final Map<Object, Object> held = new HashMap<>(); // by the criterion's name, or one of our own
    private @Nullable Engine engine; // made when first asked for
    private @Nullable Weights gradient; // of the images asked for last
    private int gradientImages;

    /** What the context holds itself; no name of a criterion equals these. */
    private enum Own {
        INITIAL,
        PERMUTATION,
        JOINT
    }

    /**
     * Where a network's weights come from.
     *
     * @param initial the weights before any training; asked only if a criterion needs them
     * @param draw fresh weights of the same distribution
     */
    public record Origin(Supplier<Weights> initial, Function<Stream, Weights> draw) {}

    /** A context without the weights before training. */
    PruningContext(
            Criterion criterion, Weights weights, Mask mask, Stream stream, Optional<PruningResources> resources) {
        this(criterion, weights, mask, stream, resources, Optional.empty());
    }

    /**
     * A context for a criterion.
     *
     * @throws IllegalArgumentException if the criterion has needs and there are no resources
     */
    PruningContext(
            Criterion criterion,
            Weights weights,
            Mask mask,
            Stream stream,
            Optional<PruningResources> resources,
            Optional<Origin> origin) {
        if (criterion.needs().stream().anyMatch(need -> need != Need.INITIAL) && resources.isEmpty()) {
            throw new IllegalArgumentException("criterion " + criterion.name() + " needs "
                    + criterion.needs().stream().sorted().toList() + ", and the search was given no engine and data");
        }
        this.criterion = criterion;
        this.weights = weights;
        this.mask = mask;
        this.stream = stream;
        this.resources = resources;
        this.origin = origin;
    }

    /** The weights after training; zero where pruned. Not to be written to. */
    public Weights weights() {
        return weights;
    }

    /** The mask that the weights were trained under. */
    public Mask mask() {
        return mask;
    }

    /** For criteria that draw: the same for all layers of one pruning. */
    public Stream stream() {
        return stream;
    }

    /**
     * The weights before any training; zero where pruned. Not to be written to.
     *
     * @throws IllegalStateException if the criterion does not declare {@link Need#INITIAL}
     */
    public Weights initial() {
        return held(Own.INITIAL, () -> {
            Weights initial = origin().initial().get().copy();
            initial.apply(mask);
            return initial;
        });
    }

    /**
     * Fresh weights of the distribution of the initial ones; of pruned weights too.
     *
     * @throws IllegalStateException if the criterion does not declare {@link Need#INITIAL}
     */
    public Weights draw(Stream stream) {
        return origin().draw().apply(stream);
    }

    private Origin origin() {
        if (!criterion.needs().contains(Need.INITIAL)) {
            throw new IllegalStateException("criterion " + criterion.name() + " reads INITIAL and declares only "
                    + criterion.needs().stream().sorted().toList());
        }
        return origin.orElseThrow(() -> new IllegalArgumentException(
                "criterion " + criterion.name() + " needs [INITIAL], and the search was given no initial weights"));
    }

    /**
     * What a criterion computes for all layers together: computed at the first call, the same for later ones.
     *
     * @param name unique in the criterion
     */
    public <T> T once(String name, Supplier<T> value) {
        return held(name, value);
    }

    /** Scores of all layers, of a {@link PreciseCriterion.Joint}. */
    double[][] joint(Supplier<double[][]> scores) {
        return held(Own.JOINT, scores);
    }

    @SuppressWarnings("unchecked")
    private <T> T held(Object key, Supplier<T> value) {
        Object found = held.get(key);
        if (found == null) {
            found = value.get();
            held.put(key, found);
        }
        return (T) found;
    }

    /**
     * Training images drawn without replacement, the same at each call. One pruning's rounds draw different ones.
     *
     * @param images at least 1; more than there are means all
     * @throws IllegalStateException if the criterion does not declare {@link Need#DATA}
     */
    public int[] sample(int images) {
        return Arrays.copyOf(permutation(), Math.min(images, data().size()));
    }

    /**
     * Training images drawn without replacement, so many of each class; a class with fewer gives all.
     *
     * @throws IllegalStateException if the criterion does not declare {@link Need#DATA}
     */
    public int[] samplePerClass(int images) {
        Split data = data();
        int[] taken = new int[mask.architecture().classes()];
        return Arrays.stream(permutation())
                .filter(image -> taken[data.labels()[image]]++ < images)
                .toArray();
    }

    private int[] permutation() {
        return held(Own.PERMUTATION, () -> stream.child("images").permutation(data().size()));
    }

    /**
     * Gradient of a mean loss over some training images at any weights, in evaluation mode; zero where pruned. Images are attacked
     * with noise of {@link #stream}.
     *
     * @param loss attack and bound are those of the level's objective
     * @param at the weights; zero where pruned
     * @param kept the weights that the gradient is of
     * @param images numbers of training images, at least one
     * @throws IllegalStateException if the criterion does not declare {@link Need#GRADIENTS}
     * @throws UserException if the objective has no such loss, or the loss is not finite
     */
    public Weights gradient(LossChoice loss, Weights at, Mask kept, int[] images) {
        PruningResources given = declared(Need.GRADIENTS);
        Engine engine = loaded(given);
        engine.load(at, kept);
        return new LossGradient(engine, given.training(), images, stream.child("noise")).of(loss, given.loss());
    }

    /**
     * The training images.
     *
     * @throws IllegalStateException if the criterion does not declare {@link Need#DATA}
     */
    public Split data() {
        return declared(Need.DATA).training();
    }

    /**
     * An engine of the network, for the criterion alone. The first call loads weights and mask; later calls return the engine
     * as the criterion left it.
     *
     * @throws IllegalStateException if the criterion does not declare {@link Need#ENGINE}
     */
    public Engine engine() {
        return loaded(declared(Need.ENGINE));
    }

    /**
     * The objective's attack on {@link #engine}.
     *
     * @param buffers of that engine
     * @throws IllegalStateException if the criterion does not declare {@link Need#ENGINE}
     * @throws UserException if the objective has no attack
     */
    public Attacker attacker(ActivationBuffers buffers) {
        return declared(Need.ENGINE).loss().attacker(engine(), buffers);
    }

    /**
     * Gradient of the mean cross-entropy over the first training images, of pruned weights too (at
     * their value 0).
     *
     * @param images at least 1; more than there are means all
     * @throws IllegalStateException if the criterion does not declare {@link Need#GRADIENTS}
     */
    public Weights gradient(int images) {
        PruningResources given = declared(Need.GRADIENTS);
        if (images < 1) {
            throw new IllegalArgumentException("a gradient needs at least 1 image, got " + images);
        }
        int count = Math.min(images, given.training().size());
        Weights held = gradient;
        if (held == null || gradientImages != count) {
            held = computed(loaded(given), given.training(), count);
            gradient = held;
            gradientImages = count;
        }
        return held;
    }

    private PruningResources declared(Need need) {
        if (!criterion.needs().contains(need)) {
            throw new IllegalStateException("criterion " + criterion.name() + " reads " + need + " and declares only "
                    + criterion.needs().stream().sorted().toList());
        }
        return resources.orElseThrow();
    }

    private Engine loaded(PruningResources given) {
        Engine held = engine;
        if (held == null) {
            held = given.engine().get();
            held.load(weights, mask);
            engine = held;
        }
        return held;
    }

    private Weights computed(Engine engine, Split data, int count) {
        engine.load(weights, mask); // the criterion may have changed them
        ActivationBuffers buffers = engine.newBuffers(BATCH);
        BatchLoss loss = new BatchLoss(engine.ops(), buffers);
        Weights sum = new Weights(weights.architecture());
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        for (int first = 0; first < count; first += BATCH) {
            int examples = Math.min(BATCH, count - first);
            int panels = ActivationPanels.panelsFor(examples);
            engine.ops().loadImages(data, order, first, examples, buffers.input(), 0);
            engine.forward(buffers, 0, panels);
            loss.set(CrossEntropy.HARD, 0, 0, panels, data.labels(), first, examples, 1.0 / count, null);
            engine.backward(buffers, 0, panels, Gradients.ALL_WEIGHTS);
            LossGradient.add(engine.gradient(), sum);
        }
        return sum;
    }
}
