package org.espalier.lab.classify;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.evaluate.certify.Certifier;

/**
 * Searches the largest certified radius of an answer by bisection. Every radius that counts is proven by bounds of its own, so the
 * answer is sound even where bounds do not fall evenly with the radius. Not for use by several threads at once.
 */
final class RadiusSearch {
    /** Share of the radius that the search may leave. */
    private static final float PRECISION = 0.01f;

    /** Radii below this count as none. */
    private static final float LEAST = 1e-6f;

    private final Certifier certifier;

    RadiusSearch(Certifier certifier) {
        this.certifier = certifier;
    }

    /**
     * The radius for one input.
     *
     * @param inputs [example][input], each in [0, 1]
     * @param from index of the input's first value
     * @param count values of an input
     * @param label that the network gives it
     */
    CertifiedAnswer of(float[] inputs, int from, int count, int label, BoundMethod method) {
        float[] input = Arrays.copyOfRange(inputs, from, from + count);
        float low = 0;
        float high = 1;
        int bounds = 1;
        if (certified(input, label, high, method)) {
            return new CertifiedAnswer(label, high, bounds);
        }
        while (high - low > Math.max(LEAST, PRECISION * low)) {
            // Radii are often far below 1: their size is found first.
            float middle = low == 0 ? high / 4 : low + (high - low) / 2;
            bounds++;
            if (certified(input, label, middle, method)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new CertifiedAnswer(label, low, bounds);
    }

    private boolean certified(float[] input, int label, float radius, BoundMethod method) {
        return certifier
                .margins(input, label, new ThreatModel(Norm.LINF, radius), method)
                .certified();
    }
}
