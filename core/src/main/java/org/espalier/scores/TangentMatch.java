package org.espalier.scores;

import java.util.Arrays;
import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;
import org.jspecify.annotations.Nullable;

/**
 * A search for outputs and a tangent kernel near those of the dense network.
 *
 * <p>With f the logits, w the sparse network's weights, m its mask, v the dense initial weights and D normal noise of scale e, the search
 * minimises the mean of {@code (f(w m) - f(v))^2} + c x mean of {@code (h - k)^2} + decay x sum w^2, where
 * {@code h = (f((w + D) m) - f(w m)) / e} and {@code k = (f(v + D) - f(v)) / e}. Over draws of D the mean of h h' is the tangent kernel of
 * two inputs. Means are over the images of a batch (and their attacked forms), classes and draws. Our own surrogate of the kernel's
 * distance, which needs second derivatives otherwise.
 */
final class TangentMatch extends MatchingSearch {
    private static final int BATCH = ActivationPanels.LANES;

    /**
     * How the distance of tangents is measured.
     *
     * @param draws of noise for each update, at least 1
     * @param scale of the noise: e
     * @param weight of the tangents' distance: c
     * @param attack of the images that are matched beside the clean ones, made on the dense network; empty for clean ones alone
     */
    record Tangents(int draws, double scale, double weight, Optional<Attack> attack) {}

    private final Tangents tangents;
    private final Engine dense;
    private final int panels;
    private final ActivationBuffers denseBuffers;
    private final ActivationBuffers buffers;
    private final @Nullable Attacker attacker;

    TangentMatch(MaskTraining training, Rules rules, Tangents tangents) {
        super(training, rules);
        this.tangents = tangents;
        Engine engine = training.engine();
        dense = Engines.create(engine.architecture());
        panels = tangents.attack().isPresent() ? 2 : 1;
        denseBuffers = dense.newBuffers(2 * BATCH);
        buffers = engine.newBuffers(2 * BATCH);
        attacker = tangents.attack()
                .map(attack -> attack.bind(dense, denseBuffers))
                .orElse(null);
        dense.load(origin, Mask.dense(engine.architecture()));
    }

    @Override
    void search(Mask mask, Stream draws, int number) {
        Engine engine = training.engine();
        load(draws.child("images"));
        float[] target = logits(dense, denseBuffers, origin);
        float[] output = logits(engine, buffers, raw);
        int size = output.length;
        Weights sum = new Weights(engine.architecture());
        float[] slopes = new float[size];
        double factor = 2.0 / size;
        for (int i = 0; i < size; i++) {
            slopes[i] = (float) (factor * (output[i] - target[i]));
        }
        float[] outer = new float[size];
        for (int draw = 0; draw < tangents.draws(); draw++) {
            Weights noise = noise(origin, draws.child(draw), tangents.scale());
            float[] there = logits(dense, denseBuffers, sum(origin, noise));
            Weights moved = sum(raw, noise);
            float[] here = logits(engine, buffers, moved);
            double share = factor * tangents.weight() / (tangents.draws() * tangents.scale() * tangents.scale());
            for (int i = 0; i < size; i++) {
                double difference = (here[i] - output[i]) - (there[i] - target[i]);
                outer[i] = (float) (share * difference);
                slopes[i] -= outer[i];
            }
            add(gradient(engine, outer), sum);
        }
        logits(engine, buffers, raw);
        add(gradient(engine, slopes), sum);
        update(mask, sum, number);
    }

    /** Draws images into the first panel, and attacks them in the second. */
    private void load(Stream draws) {
        Split split = training.images();
        int[] order = new int[BATCH];
        Arrays.setAll(order, i -> draws.below(split.size(), i));
        dense.writeWeights(origin);
        dense.ops().loadImages(split, order, 0, BATCH, denseBuffers.input(), 0);
        if (attacker != null) {
            dense.forward(denseBuffers, 0, 1);
            int[] predicted = new int[BATCH];
            dense.ops().predictions(denseBuffers.logits(), 0, BATCH, predicted, 0);
            attacker.perturb(predicted, 0, BATCH, draws.child("noise"), 0);
            attacker.fillUnreadInputs(BATCH, draws.child("noise"), 0);
        }
        for (int panel = 0; panel < panels; panel++) {
            buffers.input().copy(denseBuffers.input(), panel, panel, 1);
        }
    }

    /** Logits of all examples with some weights, (example, class). */
    private float[] logits(Engine engine, ActivationBuffers on, Weights weights) {
        engine.writeWeights(weights);
        engine.forward(on, 0, panels);
        int classes = engine.architecture().classes();
        float[] logits = new float[panels * BATCH * classes];
        for (int example = 0; example < panels * BATCH; example++) {
            for (int c = 0; c < classes; c++) {
                logits[example * classes + c] = on.logits().get(c, example);
            }
        }
        return logits;
    }

    /** Gradient of weights for some gradient of the logits of the last forward pass. */
    private Weights gradient(Engine engine, float[] slopes) {
        int classes = engine.architecture().classes();
        for (int example = 0; example < panels * BATCH; example++) {
            for (int c = 0; c < classes; c++) {
                buffers.logitGradient().set(c, example, slopes[example * classes + c]);
            }
        }
        engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
        return engine.gradient();
    }

    /** Normal noise of a scale on all weights; biases and scales have none. */
    static Weights noise(Weights like, Stream stream, double scale) {
        Weights noise = new Weights(like.architecture());
        for (int layer = 0; layer < like.architecture().layers(); layer++) {
            Stream draws = stream.child(layer);
            float[] values = noise.matrix(layer);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) BoxMuller.at(draws, i, scale);
            }
        }
        return noise;
    }

    private static Weights sum(Weights a, Weights b) {
        Weights sum = a.copy();
        add(b, sum);
        return sum;
    }

    private static void add(Weights from, Weights to) {
        for (int layer = 0; layer < to.architecture().layers(); layer++) {
            float[] terms = from.matrix(layer);
            float[] sums = to.matrix(layer);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += terms[i];
            }
        }
    }

    /** Adam on surviving weights; biases and scales stay. */
    private void update(Mask mask, Weights gradient, int number) {
        double step = rules.rate() * Math.sqrt(1 - StrictMath.pow(0.999, number)) / (1 - StrictMath.pow(0.9, number));
        for (int layer = 0; layer < gradient.architecture().layers(); layer++) {
            float[] slopes = gradient.matrix(layer);
            float[] values = raw.matrix(layer);
            float[] m = first.matrix(layer);
            float[] v = second.matrix(layer);
            for (int i = 0; i < values.length; i++) {
                if (mask.keeps(layer, i)) {
                    double slope = slopes[i] + 2 * rules.decay() * values[i];
                    m[i] = (float) (0.9 * m[i] + 0.1 * slope);
                    v[i] = (float) (0.999 * v[i] + 0.001 * slope * slope);
                    values[i] -= (float) (step * m[i] / (Math.sqrt(v[i]) + 1e-8));
                }
            }
        }
    }

    @Override
    public void resume(int iteration, MaskState state) {
        super.resume(iteration, state);
        dense.load(origin, Mask.dense(origin.architecture()));
    }
}
