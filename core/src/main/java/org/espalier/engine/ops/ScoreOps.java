package org.espalier.engine.ops;

import org.espalier.engine.kernel.Kernels;

/** The arithmetic of learnt scores, in vector registers where the kernels of this process use them; the same bits in any case. */
public final class ScoreOps {
    private static final Kernels KERNELS = KernelChoice.chosen();

    private ScoreOps() {}

    /**
     * One update: {@code v = momentum v + (sign(s) w g + decay s)}, {@code s = s - rate v}. The sign bit of s counts, so sign(+0)
     * is 1.
     *
     * @param scores (position) s, changed
     * @param velocity (position) v, changed
     * @param weights (position) w
     * @param gradient (position) g
     */
    public static void learn(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            float rate,
            float momentum,
            float decay) {
        KERNELS.learnScores(scores, velocity, weights, gradient, rate, momentum, decay);
    }

    /**
     * Copies the weights whose scores have at least a size, and +0 for the others.
     *
     * @param cut bits of the least size, as a float's
     * @param into (position) receives them
     */
    public static void keep(float[] scores, int cut, float[] weights, float[] into) {
        KERNELS.keepScored(scores, cut, weights, into);
    }

    /**
     * Counts scores by size, whose key is the score's bits without the sign.
     *
     * @param low first key of a band, at least 0
     * @param width keys of the band, at least 1
     * @param band receives the keys in the band, in any order; as long as {@code scores} at least
     * @return the number of keys below the band in the upper 32 bits, and of those in it in the lower
     */
    public static long survey(float[] scores, int low, int width, int[] band) {
        return KERNELS.surveyScores(scores, low, width, band);
    }
}
