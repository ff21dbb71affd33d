package org.espalier.attack;

import org.espalier.engine.ActivationPanels;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;

/** Gaussian noise on inputs in panels. */
public final class NoisyInputs {
    private NoisyInputs() {}

    /**
     * {@code to = from + sigma n}, n standard normal, not clipped. The noise of an example depends on the stream, its number
     * and the feature only. Padding lanes and features that are not listed stay as they are. Allocates nothing.
     *
     * @param firstExample number of the first example in the stream
     * @param features features to write
     */
    public static void add(
            ActivationPanels from,
            int fromPanel,
            ActivationPanels to,
            int toPanel,
            int examples,
            int[] features,
            Stream stream,
            int firstExample,
            double sigma) {
        for (int feature : features) {
            for (int e = 0; e < examples; e++) {
                float clean = from.get(feature, fromPanel * ActivationPanels.LANES + e);
                double noise = sigma * Gaussian.at(stream, firstExample + e, feature);
                to.set(feature, toPanel * ActivationPanels.LANES + e, (float) (clean + noise));
            }
        }
    }
}
