package org.espalier.lab.study.prior;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.espalier.lab.study.loop.DoubleAdam;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;

/**
 * A convolutional network that maps fixed noise to an image: Ulyanov, Vedaldi and Lempitsky, "Deep image prior" (2018). Each scale
 * halves the side by a convolution of stride 2, and a skip of few channels joins the way back.
 */
final class Hourglass {
    private static final double JITTER = 1.0 / 30;
    private static final double AVERAGE = 0.99;

    /**
     * Sizes.
     *
     * @param side of the image
     * @param inputs channels of the noise
     * @param scales at least 1
     * @param channels of each scale
     * @param skips channels of each skip
     */
    record Form(int side, int inputs, int scales, int channels, int skips) {
        /** The network's output for an input, (1 channel). */
        Planes run(Layers layers, Planes input) {
            Planes top = below(layers, input, scales);
            return layers.sigmoid(layers.convolve(top, 1, 1, 1));
        }

        private Planes below(Layers layers, Planes x, int left) {
            Planes skip = block(layers, x, skips, 1, 1);
            Planes down = block(layers, block(layers, x, channels, 3, 2), channels, 3, 1);
            Planes deep = left == 1 ? down : below(layers, down, left - 1);
            Planes joined = layers.norm(layers.join(skip, layers.enlarge(deep, x.side)));
            return block(layers, block(layers, joined, channels, 3, 1), channels, 1, 1);
        }

        private static Planes block(Layers layers, Planes x, int outputs, int kernel, int stride) {
            return layers.leaky(layers.norm(layers.convolve(x, outputs, kernel, stride)));
        }

        /** Inputs of each convolution's outputs and its weights, in the order of {@link #run}. */
        List<int[]> convolutions() {
            List<int[]> all = new ArrayList<>();
            below(all, inputs, scales);
            all.add(new int[] {channels, channels});
            return all;
        }

        private void below(List<int[]> all, int from, int left) {
            all.add(new int[] {from, from * skips});
            all.add(new int[] {9 * from, 9 * from * channels});
            all.add(new int[] {9 * channels, 9 * channels * channels});
            if (left > 1) {
                below(all, channels, left - 1);
            }
            int joined = skips + channels;
            all.add(new int[] {9 * joined, 9 * joined * channels});
            all.add(new int[] {channels, channels * channels});
        }

        /** Weights of all convolutions. */
        int weights() {
            return convolutions().stream().mapToInt(sizes -> sizes[1]).sum();
        }

        /** Scales and shifts of all norms, and one bias. */
        int affine() {
            return 2 * scales * (skips + 2 * channels + (skips + channels) + 2 * channels) + 1;
        }
    }

    /**
     * What a fit found. PSNR is of the output averaged over updates, against the clean image, in dB.
     *
     * @param last after the last update
     * @param best the highest
     * @param at the update of the highest
     * @param weights of convolutions in the end
     */
    record Fit(double last, double best, int at, double[] weights) {
        /** All in one list. */
        double[] numbers() {
            double[] all = new double[3 + weights.length];
            all[0] = last;
            all[1] = best;
            all[2] = at;
            System.arraycopy(weights, 0, all, 3, weights.length);
            return all;
        }

        static Fit of(double[] numbers) {
            return new Fit(numbers[0], numbers[1], (int) numbers[2], Arrays.copyOfRange(numbers, 3, numbers.length));
        }
    }

    private final Form form;

    Hourglass(Form form) {
        this.form = form;
    }

    /** Initial weights of convolutions: uniform in +-1 / sqrt(fan-in), PyTorch's default. */
    double[] initial(Stream stream) {
        double[] weights = new double[form.weights()];
        int at = 0;
        int layer = 0;
        for (int[] sizes : form.convolutions()) {
            Stream draws = stream.child(layer++);
            double limit = 1 / Math.sqrt(sizes[0]);
            for (int i = 0; i < sizes[1]; i++) {
                weights[at++] = limit * (2 * (double) draws.uniform(i) - 1);
            }
        }
        return weights;
    }

    /** Scales of 1, shifts and bias of 0. */
    double[] affine() {
        double[] affine = new double[form.affine()];
        for (int i = 0; i + 1 < affine.length; i += 2) {
            affine[i] = 1;
        }
        return affine;
    }

    /**
     * Fits the network to an image by Adam on the mean square error. The input is noise uniform in [0, 0.1) that is jittered anew at
     * each update.
     *
     * @param target noisy image, (row, column)
     * @param clean only measured against
     * @param start weights of convolutions
     * @param kept of them that survive
     * @param noise of the input and its jitter
     */
    Fit fit(double[] target, double[] clean, double[] start, BitSet kept, int updates, double rate, Stream noise) {
        double[] weights = start.clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = kept.get(i) ? weights[i] : 0;
        }
        double[] affine = affine();
        DoubleAdam byWeights = new DoubleAdam(weights.length, rate);
        DoubleAdam byAffine = new DoubleAdam(affine.length, rate);
        int area = form.side * form.side;
        double[] average = new double[area];
        double last = Double.NEGATIVE_INFINITY;
        double best = Double.NEGATIVE_INFINITY;
        int at = 0;
        for (int update = 1; update <= updates; update++) {
            double[] weightSlopes = new double[weights.length];
            double[] affineSlopes = new double[affine.length];
            Layers layers = new Layers(weights, affine, weightSlopes, affineSlopes);
            Planes output = form.run(layers, input(noise, update));
            for (int i = 0; i < area; i++) {
                output.slopes[i] = 2 * (output.values[i] - target[i]) / area;
                average[i] = update == 1 ? output.values[i] : AVERAGE * average[i] + (1 - AVERAGE) * output.values[i];
            }
            layers.backward();
            byWeights.update(weights, weightSlopes);
            byAffine.update(affine, affineSlopes);
            last = psnr(average, clean);
            if (last > best) {
                best = last;
                at = update;
            }
        }
        return new Fit(last, best, at, weights);
    }

    Planes input(Stream noise, int update) {
        Planes input = new Planes(form.inputs, form.side);
        Stream fixed = noise.child("input");
        Stream jitter = noise.child("jitter");
        for (int i = 0; i < input.values.length; i++) {
            input.values[i] = 0.1 * fixed.uniform(i) + JITTER * Gaussian.at(jitter, update, i);
        }
        return input;
    }

    /** 10 log10(1 / mean square error) of images in [0, 1], in dB. */
    static double psnr(double[] image, double[] clean) {
        double squares = 0;
        for (int i = 0; i < image.length; i++) {
            squares += (image[i] - clean[i]) * (image[i] - clean[i]);
        }
        return -10 * StrictMath.log10(squares / image.length);
    }
}
