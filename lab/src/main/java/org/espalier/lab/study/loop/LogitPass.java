package org.espalier.lab.study.loop;

import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Update;
import org.espalier.train.DivergedException;

/**
 * Passes of a batch through an engine's network for losses that no objective has: the caller reads logits and says their gradient,
 * example by example. Examples stand in panels of {@value #LANES}; a panel may hold fewer.
 */
public final class LogitPass {
    /** Examples to a panel. */
    public static final int LANES = ActivationPanels.LANES;

    /** A loss of one example. */
    @FunctionalInterface
    public interface Loss {
        /**
         * Adds the gradient of the example's loss.
         *
         * @param example counted over all panels
         * @param logits (logit)
         * @param gradient (logit) zero at first
         * @return its share of the loss
         */
        double at(int example, float[] logits, double[] gradient);
    }

    private final Engine engine;
    private final ActivationBuffers buffers;
    private final float[] logits;
    private final double[] gradient;

    /**
     * Buffers for some panels.
     *
     * @param panels at least 1
     */
    public LogitPass(Engine engine, int panels) {
        this.engine = engine;
        buffers = engine.newBuffers(panels * LANES);
        logits = new float[engine.architecture().classes()];
        gradient = new double[logits.length];
    }

    public Engine engine() {
        return engine;
    }

    /** Inputs of all panels. */
    public ActivationPanels input() {
        return buffers.input();
    }

    /** Gradient of the loss by the inputs, after {@link #backward} where it was asked for. */
    public ActivationPanels inputGradient() {
        return buffers.inputGradient();
    }

    /**
     * Loads images of a split into one panel; lanes beyond them are 0.
     *
     * @param images index of each, at most {@value #LANES}
     */
    public void load(Split split, int[] images, int panel) {
        engine.ops().loadImages(split, images, 0, images.length, buffers.input(), panel);
    }

    /** Computes the logits of the first panels. */
    public void forward(int panels) {
        engine.forward(buffers, 0, panels);
    }

    /** The logits of an example, copied into an array. */
    public float[] logits(int example, float[] into) {
        for (int c = 0; c < into.length; c++) {
            into[c] = buffers.logits().get(c, example);
        }
        return into;
    }

    /**
     * Asks a loss for the gradient of the first examples' logits in one panel; the other lanes get none.
     *
     * @param examples at most {@value #LANES}
     * @param update for the message where logits are not finite
     * @return sum of the losses
     * @throws DivergedException if a logit is not finite
     */
    public double loss(int panel, int examples, int update, Loss loss) {
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            int example = panel * LANES + lane;
            LogitLosses.clear(gradient);
            if (lane < examples) {
                logits(example, logits);
                for (float logit : logits) {
                    if (!Float.isFinite(logit)) {
                        throw new DivergedException(update, "the logits");
                    }
                }
                sum += loss.at(example, logits, gradient);
            }
            for (int c = 0; c < gradient.length; c++) {
                buffers.logitGradient().set(c, example, (float) gradient[c]);
            }
        }
        return sum;
    }

    /** Computes gradients by weights, inputs or both over the first panels, whose logits' gradients must be there. */
    public void backward(int panels, Gradients wanted) {
        engine.backward(buffers, 0, panels, wanted);
    }

    /** Gradients by weights, and an update with them. */
    public void step(int panels, Update update) {
        engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
        engine.update(update);
    }
}
