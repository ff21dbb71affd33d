package org.espalier.lab.study.safe;

import org.espalier.data.Split;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;

/**
 * Finds the direction in which a network's output on unlabelled images changes most: Miyato, Maeda, Koyama and Ishii, "Virtual
 * adversarial training" (2018), section 3.3, with one power iteration. Works on one panel of images.
 */
final class VirtualAdversary {
    // The published 1e-6 vanishes beside pixels in float32; the loss is still quadratic within 0.01.
    private static final double PROBE = 1e-2;

    private final LogitPass pass;
    private final ActivationPanels clean;
    private final int inputs;
    private final float[][] reference; // (lane, class) logits of the clean images
    private final double[][] direction; // (lane, input)

    VirtualAdversary(Engine engine) {
        pass = new LogitPass(engine, 1);
        inputs = engine.architecture().inputs();
        clean = new ActivationPanels(inputs, LogitPass.LANES);
        reference = new float[LogitPass.LANES][engine.architecture().classes()];
        direction = new double[LogitPass.LANES][inputs];
    }

    /** The logits of a clean image. */
    float[] reference(int lane) {
        return reference[lane];
    }

    /**
     * Writes images moved by r = radius g / |g|, where g is the gradient of the divergence at a small random step.
     *
     * @param images at most one panel of the split
     * @param radius L2; moved pixels are not cut at 0 and 1, as published
     * @param draws of the random direction
     * @param into receives the moved images
     * @param panel of {@code into}
     */
    void move(Split split, int[] images, double radius, int update, Stream draws, ActivationPanels into, int panel) {
        pass.load(split, images, 0);
        clean.copy(pass.input(), 0, 0, 1);
        pass.forward(1);
        for (int lane = 0; lane < images.length; lane++) {
            pass.logits(lane, reference[lane]);
            for (int i = 0; i < inputs; i++) {
                direction[lane][i] = Gaussian.at(draws, lane, i);
            }
        }
        place(images.length, PROBE, pass.input(), 0);
        pass.forward(1);
        pass.loss(
                0,
                images.length,
                update,
                (lane, logits, gradient) ->
                        LogitLosses.divergence(logits, reference[lane], 0, logits.length, 1, 1, gradient));
        pass.backward(1, Gradients.INPUTS);
        for (int lane = 0; lane < images.length; lane++) {
            for (int i = 0; i < inputs; i++) {
                direction[lane][i] = pass.inputGradient().get(i, lane);
            }
        }
        into.copy(clean, 0, panel, 1);
        place(images.length, radius, into, panel);
    }

    /** Writes the clean images plus a step of a length along the directions; a direction of length 0 moves nothing. */
    private void place(int count, double length, ActivationPanels into, int panel) {
        for (int lane = 0; lane < count; lane++) {
            double squares = 0;
            for (double value : direction[lane]) {
                squares += value * value;
            }
            double scale = squares == 0 ? 0 : length / Math.sqrt(squares);
            for (int i = 0; i < inputs; i++) {
                into.set(i, panel * LogitPass.LANES + lane, (float) (clean.get(i, lane) + scale * direction[lane][i]));
            }
        }
    }
}
