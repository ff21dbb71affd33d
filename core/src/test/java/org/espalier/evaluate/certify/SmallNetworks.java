package org.espalier.evaluate.certify;

import java.util.BitSet;
import java.util.List;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Random networks of a few units, and points around an image. */
final class SmallNetworks {
    private SmallNetworks() {}

    static Architecture shape(Stream stream, boolean biases) {
        int inputs = 1 + stream.below(6, 0);
        List<Integer> hidden = java.util.stream.IntStream.range(0, stream.below(4, 1))
                .map(layer -> 1 + stream.below(9, 2 + layer))
                .boxed()
                .toList();
        return Architecture.of(inputs, hidden, 2 + stream.below(3, 9), biases);
    }

    /** Weights uniform in [-scale, scale]. */
    static Weights weights(Architecture architecture, float scale, Stream stream) {
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < architecture.layers(); layer++) {
            fill(weights.matrix(layer), scale, stream.child("weights").child(layer));
            fill(weights.biases(layer), scale / 2, stream.child("biases").child(layer));
        }
        return weights;
    }

    private static void fill(float[] values, float scale, Stream stream) {
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * (2 * stream.uniform(i) - 1);
        }
    }

    static Mask mask(Architecture architecture, double density, Stream stream) {
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, stream.child("mask").child(layer).uniform(i) < density);
            }
        }
        return Mask.of(architecture, kept);
    }

    /** Pixels in [0, 1], some of them exactly 0 or 1. */
    static float[] image(int pixels, Stream stream) {
        float[] image = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            image[i] = Math.clamp(1.4f * stream.uniform(i) - 0.2f, 0f, 1f);
        }
        return image;
    }

    static Engine engine(Weights weights, Mask mask) {
        Engine engine = Engines.create(weights.architecture());
        engine.load(weights, mask);
        return engine;
    }

    /** Logits by the textbook in float64; the pruned weights have to be zero. */
    static double[] logits(Weights weights, double[] input) {
        Architecture architecture = weights.architecture();
        double[] values = input;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            double[] sums = new double[architecture.outputs(layer)];
            for (int o = 0; o < sums.length; o++) {
                sums[o] = architecture.bias(layer) ? weights.biases(layer)[o] : 0;
                for (int i = 0; i < values.length; i++) {
                    sums[o] += (double) weights.matrix(layer)[o * values.length + i] * values[i];
                }
                if (layer < architecture.layers() - 1) {
                    sums[o] = Math.max(0, sums[o]);
                }
            }
            values = sums;
        }
        return values;
    }

    /** The label's lead over the best other class. */
    static double lead(double[] logits, int label) {
        double lead = Double.POSITIVE_INFINITY;
        for (int c = 0; c < logits.length; c++) {
            if (c != label) {
                lead = Math.min(lead, logits[label] - logits[c]);
            }
        }
        return lead;
    }

    static int best(double[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best;
    }
}
