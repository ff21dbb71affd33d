package org.espalier.prune;

import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Architecture;
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
    private @Nullable Engine engine; // made when first asked for
    private @Nullable Weights gradient; // of the images asked for last
    private int gradientImages;

    /**
     * A context for a criterion.
     *
     * @throws IllegalArgumentException if the criterion has needs and there are no resources
     */
    PruningContext(
            Criterion criterion, Weights weights, Mask mask, Stream stream, Optional<PruningResources> resources) {
        if (!criterion.needs().isEmpty() && resources.isEmpty()) {
            throw new IllegalArgumentException("criterion " + criterion.name() + " needs "
                    + criterion.needs().stream().sorted().toList() + ", and the search was given no engine and data");
        }
        this.criterion = criterion;
        this.weights = weights;
        this.mask = mask;
        this.stream = stream;
        this.resources = resources;
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
            engine.ops().loadImages(data.images(), order, first, examples, buffers.input(), 0);
            engine.forward(buffers, 0, panels);
            loss.set(CrossEntropy.HARD, 0, 0, panels, data.labels(), first, examples, 1.0 / count, null);
            engine.backward(buffers, 0, panels, Gradients.ALL_WEIGHTS);
            add(engine.gradient(), sum);
        }
        return sum;
    }

    private static void add(Weights from, Weights to) {
        Architecture architecture = to.architecture();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            add(from.matrix(layer), to.matrix(layer));
            add(from.biases(layer), to.biases(layer));
        }
    }

    private static void add(float[] from, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }
}
