package org.espalier.prune;

import org.espalier.UserException;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;

/**
 * Gradients of mean losses over training images, of the weights that an engine holds. Everything runs in evaluation mode: batch
 * norms use their running statistics and keep them.
 */
final class LossGradient {
    private static final int BATCH = 256;

    private final Engine engine;
    private final Split data;
    private final int[] images; // in the order of the batches
    private final int[] labels; // (place in images)
    private final Stream noise;

    LossGradient(Engine engine, Split data, int[] images, Stream noise) {
        this.engine = engine;
        this.data = data;
        this.images = images;
        this.noise = noise;
        labels = new int[images.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = data.labels()[images[i]];
        }
    }

    /** The gradient of a choice of loss; zero where pruned. */
    Weights of(LossChoice choice, PruningResources.Loss loss) {
        return switch (choice) {
            case NATURAL -> attacked(loss, 1);
            case ADVERSARIAL -> attacked(loss, 0);
            case MIXED -> attacked(loss, loss.naturalShare());
            case CERTIFIED ->
                certified(loss.bound()
                        .orElseThrow(() -> new UserException(
                                "the criterion's loss is certified, expected an objective with a bound")));
        };
    }

    private Weights attacked(PruningResources.Loss loss, double naturalShare) {
        Weights sum = new Weights(engine.architecture());
        int room = ActivationPanels.panelsFor(Math.min(BATCH, images.length)) * ActivationPanels.LANES;
        ActivationBuffers buffers = engine.newBuffers(naturalShare < 1 ? 2 * room : room);
        BatchLoss batch = new BatchLoss(engine.ops(), buffers);
        Attacker attacker = naturalShare == 1 ? null : loss.attacker(engine, buffers);
        for (int first = 0; first < images.length; first += BATCH) {
            int examples = Math.min(BATCH, images.length - first);
            int panels = ActivationPanels.panelsFor(examples);
            engine.ops().loadImages(data, images, first, examples, buffers.input(), 0);
            if (attacker != null) {
                attacker.perturbLoaded(labels, first, examples, noise, first);
            }
            int from = naturalShare == 0 ? panels : 0;
            int to = attacker == null ? panels : 2 * panels;
            engine.forward(buffers, from, to - from);
            boolean finite = true;
            if (naturalShare > 0) {
                finite = set(batch, 0, panels, first, examples, naturalShare);
            }
            if (attacker != null) {
                finite &= set(batch, panels, panels, first, examples, 1 - naturalShare);
            }
            check(finite);
            engine.backward(buffers, from, to - from, Gradients.WEIGHTS);
            add(engine.gradient(), sum);
        }
        return sum;
    }

    private boolean set(BatchLoss batch, int panel, int panels, int first, int examples, double share) {
        return batch.set(CrossEntropy.HARD, panel, panel, panels, labels, first, examples, share / images.length, null);
    }

    private Weights certified(Objective.Certified bound) {
        double share = bound.naturalShare().last();
        float linear = (float) bound.linearShare().last();
        int room = ActivationPanels.panelsFor(Math.min(BATCH, images.length)) * ActivationPanels.LANES;
        BoundEngine bounds;
        BoundBuffers buffers;
        try {
            bounds = BoundEngine.of(engine);
            buffers = bounds.newBoundBuffers(room, linear > 0);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "the criterion's loss is certified, expected a network with such bounds: " + e.getMessage(), e);
        }
        Weights sum = new Weights(engine.architecture());
        BatchLoss natural = new BatchLoss(engine.ops(), buffers.natural());
        int[] batchLabels = new int[BATCH];
        for (int first = 0; first < images.length; first += BATCH) {
            int examples = Math.min(BATCH, images.length - first);
            int panels = ActivationPanels.panelsFor(examples);
            System.arraycopy(labels, first, batchLabels, 0, examples);
            engine.ops()
                    .loadImages(data, images, first, examples, buffers.natural().input(), 0);
            boolean finite = true;
            if (share > 0) {
                engine.forward(buffers.natural(), 0, panels);
                finite = natural.set(
                        CrossEntropy.HARD, 0, 0, panels, batchLabels, 0, examples, share / images.length, null);
            }
            bounds.boundMargins(buffers, (float) bound.epsilon().last(), linear, batchLabels, 0, examples);
            finite &= engine.ops()
                    .crossEntropyGradient(
                            buffers.marginBounds(),
                            buffers.marginBoundGradients(),
                            0,
                            panels,
                            batchLabels,
                            0,
                            examples,
                            0,
                            (float) ((1 - share) / images.length));
            check(finite);
            bounds.backward(buffers, share > 0);
            add(engine.gradient(), sum);
        }
        return sum;
    }

    private static void check(boolean finite) {
        if (!finite) {
            throw new UserException("the criterion's loss is not finite on the training images");
        }
    }

    static void add(Weights from, Weights to) {
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
