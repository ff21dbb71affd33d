package org.espalier.engine.scalar;

/** Learnt scores from a position on: all of them, or the rest that whole registers leave. */
public final class ScalarScores {
    private ScalarScores() {}

    /** See {@code ScoreOps.learn}. */
    public static void learn(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            int from,
            float rate,
            float momentum,
            float decay) {
        for (int i = from; i < scores.length; i++) {
            float slope = weights[i] * gradient[i];
            int sign = Float.floatToRawIntBits(scores[i]) & Integer.MIN_VALUE;
            float signed = Float.intBitsToFloat(Float.floatToRawIntBits(slope) ^ sign);
            velocity[i] = momentum * velocity[i] + (signed + decay * scores[i]);
            scores[i] -= rate * velocity[i];
        }
    }

    /** See {@code ScoreOps.keep}. */
    public static void keep(float[] scores, int cut, float[] weights, float[] into, int from) {
        for (int i = from; i < scores.length; i++) {
            // All bits where the key is not below the cut: without a branch, as half of them are hard to foresee.
            int kept = ~((Float.floatToRawIntBits(scores[i]) & Integer.MAX_VALUE) - cut >> 31);
            into[i] = Float.intBitsToFloat(Float.floatToRawIntBits(weights[i]) & kept);
        }
    }

    /**
     * See {@code ScoreOps.survey}.
     *
     * @param near keys that the band holds already
     * @return the number below among positions {@code from} to {@code to - 1} in the upper 32 bits, and all keys in {@code band} in
     *     the lower
     */
    public static long survey(float[] scores, int low, int width, int[] band, int from, int to, int near) {
        int below = 0;
        int found = near;
        for (int i = from; i < to; i++) {
            int key = Float.floatToRawIntBits(scores[i]) & Integer.MAX_VALUE;
            below += key - low >>> 31;
            if (key >= low && key - low < width) {
                band[found++] = key;
            }
        }
        return (long) below << 32 | found;
    }
}
