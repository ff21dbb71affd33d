package org.espalier.lab.study.gan;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * How images compare with real ones for a classifier of our own: the Frechet distance of its last hidden layer, and the entropy of its
 * labels. The distance is no FID, which is of another network.
 */
final class Quality {
    private final Engine features; // the classifier without its last layer
    private final ActivationBuffers buffers;
    private final float[] last; // (class, feature)
    private final int width;
    private final int classes;
    private final Frechet.Moments real;

    /**
     * What was measured.
     *
     * @param distance of features, at least 0
     * @param entropy of labels in nats, at most log(classes)
     */
    record Measured(double distance, double entropy) {}

    /**
     * With a fully connected classifier of at least one hidden layer.
     *
     * @param test images to compare with, from the start
     */
    Quality(StudyContext context, StoredNetwork classifier, Split test, int samples) {
        Architecture whole = classifier.mask().architecture();
        int layers = whole.layers() - 1;
        width = whole.outputs(layers - 1);
        classes = whole.classes();
        Architecture cut = Architecture.of(
                whole.inputs(),
                IntStream.range(0, layers - 1).mapToObj(whole::outputs).toList(),
                width,
                false);
        Weights weights = new Weights(cut);
        for (int layer = 0; layer < layers; layer++) {
            float[] from = classifier.weights().matrix(layer);
            System.arraycopy(from, 0, weights.matrix(layer), 0, from.length);
        }
        features = context.engine(cut);
        features.load(weights, Mask.dense(cut));
        buffers = features.newBuffers(ActivationPanels.LANES);
        last = classifier.weights().matrix(layers);
        real = Frechet.Moments.of(vectors(Math.min(samples, test.size()), first -> pixels(test, first)));
    }

    private static float[] pixels(Split split, int first) {
        float[] images = new float[split.features() * ActivationPanels.LANES];
        for (int lane = 0; lane < ActivationPanels.LANES && first + lane < split.size(); lane++) {
            double[] pixels = split.pixels(first + lane);
            for (int i = 0; i < pixels.length; i++) {
                images[i * ActivationPanels.LANES + lane] = (float) pixels[i];
            }
        }
        return images;
    }

    /** Of the first images of a split. */
    Measured of(Split split, int samples) {
        return of(Math.min(samples, split.size()), first -> pixels(split, first));
    }

    /**
     * Of images.
     *
     * @param batches (first image) to 64 images, (pixel, lane)
     */
    Measured of(int samples, IntFunction<float[]> batches) {
        double[][] vectors = vectors(samples, batches);
        int[] labels = new int[classes];
        for (double[] vector : vectors) {
            labels[label(vector)]++;
        }
        double entropy = 0;
        for (int count : labels) {
            double share = (double) count / samples;
            entropy -= share == 0 ? 0 : share * StrictMath.log(share);
        }
        return new Measured(Frechet.distance(real, Frechet.Moments.of(vectors)), entropy);
    }

    private double[][] vectors(int samples, IntFunction<float[]> batches) {
        double[][] vectors = new double[samples][width];
        for (int first = 0; first < samples; first += ActivationPanels.LANES) {
            buffers.input().write(0, 0, buffers.input().features(), batches.apply(first), 0);
            features.forward(buffers, 0, 1);
            for (int lane = 0; lane < ActivationPanels.LANES && first + lane < samples; lane++) {
                for (int i = 0; i < width; i++) {
                    vectors[first + lane][i] = Math.max(0, buffers.logits().get(i, lane));
                }
            }
        }
        return vectors;
    }

    private int label(double[] vector) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            double logit = 0;
            for (int i = 0; i < width; i++) {
                logit += last[c * width + i] * vector[i];
            }
            if (logit > most) {
                most = logit;
                best = c;
            }
        }
        return best;
    }
}
