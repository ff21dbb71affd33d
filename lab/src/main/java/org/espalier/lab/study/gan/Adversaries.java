package org.espalier.lab.study.gan;

import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.math.PortableMath;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.espalier.train.DivergedException;
import org.espalier.train.OptimizerSettings;

/**
 * A generator, whose outputs pass a sigmoid, and a discriminator with one logit: Goodfellow et al., "Generative adversarial nets" (2014),
 * with the non-saturating loss of section 3. A batch is one panel of 64.
 */
final class Adversaries {
    /** Images of a batch. */
    static final int BATCH = ActivationPanels.LANES;

    private final Engine generator;
    private final Engine discriminator;
    private final ActivationBuffers made; // one panel of the generator
    private final ActivationBuffers judged; // panel 0 real, panel 1 made up
    private final int pixels;
    private final int codes;
    private final float[] images; // (pixel, lane) made up last
    private final float[] slopes; // (pixel, lane)

    /** Two networks that hold their weights; the generator gives as many pixels as the other reads. */
    Adversaries(Engine generator, Engine discriminator) {
        this.generator = generator;
        this.discriminator = discriminator;
        made = generator.newBuffers(BATCH);
        judged = discriminator.newBuffers(2 * BATCH);
        pixels = generator.architecture().classes();
        codes = generator.architecture().inputs();
        images = new float[pixels * BATCH];
        slopes = new float[pixels * BATCH];
    }

    /**
     * Makes a batch of images of standard normal codes.
     *
     * @return (pixel, lane) in (0, 1), overwritten by the next call
     */
    float[] generate(Stream stream) {
        for (int i = 0; i < codes; i++) {
            for (int lane = 0; lane < BATCH; lane++) {
                made.input().set(i, lane, (float) Gaussian.at(stream, lane, i));
            }
        }
        generator.forward(made, 0, 1);
        made.logits().read(0, 0, pixels, images, 0);
        for (int i = 0; i < images.length; i++) {
            float z = images[i];
            float tail = PortableMath.exp(-Math.abs(z));
            images[i] = z >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
        }
        return images;
    }

    /**
     * Trains both, one update each in turn, from the weights that their engines hold.
     *
     * @param stream of codes and batches
     * @throws DivergedException if a logit is no longer finite
     */
    void train(Split real, OptimizerSettings optimizer, int updates, Stream stream) {
        int[] shown = new int[BATCH];
        for (int update = 0; update < updates; update++) {
            Stream draws = stream.child(update);
            for (int i = 0; i < BATCH; i++) {
                shown[i] = draws.below(real.size(), i);
            }
            discriminator.ops().loadImages(real, shown, 0, BATCH, judged.input(), 0);
            generate(draws.child("codes"));
            judged.input().write(1, 0, pixels, images, 0);
            discriminatorGradient(update);
            discriminator.update(optimizer.update(update + 1, 1, 0, 0, 0));
            generatorGradient(update);
            generator.update(optimizer.update(update + 1, 1, 0, 0, 0));
        }
    }

    /** Leaves in the discriminator the gradient of mean softplus(-d(real)) + mean softplus(d(made up)); gives that sum. */
    double discriminatorGradient(int update) {
        discriminator.forward(judged, 0, 2);
        double loss = 0;
        for (int example = 0; example < 2 * BATCH; example++) {
            double d = finite(judged.logits().get(0, example), update);
            boolean real = example < BATCH;
            loss += softplus(real ? -d : d) / BATCH;
            judged.logitGradient().set(0, example, (float) ((real ? -sigmoid(-d) : sigmoid(d)) / BATCH));
        }
        discriminator.backward(judged, 0, 2, Gradients.WEIGHTS);
        return loss;
    }

    /** Leaves in the generator the gradient of mean softplus(-d(made up)) by its weights, for the batch made last; gives that mean. */
    double generatorGradient(int update) {
        judged.input().write(1, 0, pixels, images, 0);
        discriminator.forward(judged, 1, 1);
        double loss = 0;
        for (int lane = 0; lane < BATCH; lane++) {
            double d = finite(judged.logits().get(0, BATCH + lane), update);
            loss += softplus(-d) / BATCH;
            judged.logitGradient().set(0, BATCH + lane, (float) (-sigmoid(-d) / BATCH));
        }
        discriminator.backward(judged, 1, 1, Gradients.INPUTS);
        judged.inputGradient().read(1, 0, pixels, slopes, 0);
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] *= images[i] * (1 - images[i]);
        }
        made.logitGradient().write(0, 0, pixels, slopes, 0);
        generator.backward(made, 0, 1, Gradients.WEIGHTS);
        return loss;
    }

    private static double finite(double logit, int update) {
        if (!Double.isFinite(logit)) {
            throw new DivergedException(update, "the logits of the discriminator");
        }
        return logit;
    }

    private static double softplus(double d) {
        return Math.max(d, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(d)));
    }

    private static double sigmoid(double d) {
        double tail = StrictMath.exp(-Math.abs(d));
        return d >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
    }
}
