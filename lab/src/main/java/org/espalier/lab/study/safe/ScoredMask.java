package org.espalier.lab.study.safe;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Learns which weights to keep while the weights stay as they are: Ramanujan et al., "What's hidden in a randomly weighted neural
 * network?" (2020), section 3, on all labelled images at once. A layer keeps the weights of largest |score|.
 */
final class ScoredMask {
    private static final double RATE = 0.1;

    private final Architecture architecture;
    private final int[] counts; // (layer) weights to keep
    private final float[][] scores; // (layer, position)
    private final int[][] order; // (layer, position) decides between equal scores

    /**
     * Scores uniform in +-1 / sqrt(fan-in).
     *
     * @param counts (layer) weights to keep
     */
    ScoredMask(Architecture architecture, int[] counts, Stream stream) {
        this.architecture = architecture;
        this.counts = counts.clone();
        scores = new float[counts.length][];
        order = new int[counts.length][];
        for (int layer = 0; layer < counts.length; layer++) {
            Stream draws = stream.child("scores").child(layer);
            float limit = (float) (1 / Math.sqrt(architecture.inputs(layer)));
            scores[layer] = new float[architecture.weights(layer)];
            for (int i = 0; i < scores[layer].length; i++) {
                scores[layer][i] = limit * (2 * draws.uniform(i) - 1);
            }
            order[layer] = stream.child("ties").child(layer).permutation(scores[layer].length);
        }
    }

    /** The weights of largest absolute score, as many of each layer as asked for. */
    Mask mask() {
        BitSet[] kept = new BitSet[counts.length];
        for (int layer = 0; layer < counts.length; layer++) {
            long[] keys = new long[scores[layer].length];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = (long) Float.floatToIntBits(Math.abs(scores[layer][i])) << 32 | order[layer][i];
            }
            long[] sorted = keys.clone();
            Arrays.sort(sorted);
            kept[layer] = new BitSet(keys.length);
            for (int i = 0; i < keys.length; i++) {
                kept[layer].set(i, counts[layer] > 0 && keys[i] >= sorted[keys.length - counts[layer]]);
            }
        }
        return Mask.of(architecture, kept);
    }

    /**
     * Learns by SGD at 0.1, a tenth of it after each third of the epochs. An epoch is one update.
     *
     * @param weights that stay as they are
     */
    void learn(Engine engine, Weights weights, Split images, int epochs) {
        int panels = Math.ceilDiv(images.size(), LogitPass.LANES);
        LogitPass pass = new LogitPass(engine, panels);
        for (int epoch = 0; epoch < epochs; epoch++) {
            engine.load(weights, mask());
            step(pass, weights, images, panels, RATE * factor(epoch, epochs), epoch);
        }
    }

    private static double factor(int epoch, int epochs) {
        return 3L * epoch < epochs ? 1 : 3L * epoch < 2L * epochs ? 0.1 : 0.01;
    }

    private void step(LogitPass pass, Weights weights, Split images, int panels, double rate, int epoch) {
        Weights slopes = slopes(pass, images, panels, epoch);
        for (int layer = 0; layer < scores.length; layer++) {
            float[] g = slopes.matrix(layer);
            float[] w = weights.matrix(layer);
            for (int i = 0; i < g.length; i++) {
                // The slope of |s|, straight through the choice of weights.
                scores[layer][i] -= (float) (rate * g[i] * w[i] * Math.signum(scores[layer][i]));
            }
        }
    }

    /** Gradient of the mean cross-entropy by all effective weights, pruned ones included. */
    static Weights slopes(LogitPass pass, Split images, int panels, int epoch) {
        for (int panel = 0; panel < panels; panel++) {
            int first = panel * LogitPass.LANES;
            int[] shown = new int[Math.min(LogitPass.LANES, images.size() - first)];
            for (int i = 0; i < shown.length; i++) {
                shown[i] = first + i;
            }
            pass.load(images, shown, panel);
        }
        pass.forward(panels);
        for (int panel = 0; panel < panels; panel++) {
            pass.loss(
                    panel,
                    Math.min(LogitPass.LANES, images.size() - panel * LogitPass.LANES),
                    epoch,
                    (example, logits, gradient) -> LogitLosses.crossEntropy(
                            logits, 0, logits.length, images.labels()[example], 1.0 / images.size(), gradient));
        }
        pass.backward(panels, Gradients.ALL_WEIGHTS);
        return pass.engine().gradient();
    }
}
