package org.espalier.attack.strong;

import java.util.stream.IntStream;
import org.espalier.attack.ThreatModel;
import org.espalier.network.Weights;

/** The highest margin {@code max_t z_t - z_y} that a ball, cut with the box, holds for a network without hidden layers. */
public final class LinearWorstCase {
    private LinearWorstCase() {}

    public static double margin(Weights weights, float[] clean, int label, ThreatModel threat) {
        int classes = weights.architecture().classes();
        return IntStream.range(0, classes)
                .filter(c -> c != label)
                .mapToDouble(c -> margin(weights, clean, label, c, threat))
                .max()
                .orElseThrow();
    }

    public static double margin(Weights weights, float[] clean, int label, int target, ThreatModel threat) {
        int n = clean.length;
        double[] w = new double[n];
        double margin =
                weights.biases(0).length == 0 ? 0 : (double) weights.biases(0)[target] - weights.biases(0)[label];
        for (int i = 0; i < n; i++) {
            w[i] = (double) weights.matrix(0)[target * n + i] - weights.matrix(0)[label * n + i];
            margin += w[i] * clean[i];
        }
        double epsilon = threat.epsilon();
        return margin
                + switch (threat.norm()) {
                    case LINF ->
                        IntStream.range(0, n)
                                .mapToDouble(i -> Math.abs(w[i]) * Math.min(epsilon, room(w[i], clean[i])))
                                .sum();
                    case L2 -> l2(w, clean, epsilon);
                    case L1 -> l1(w, clean, epsilon);
                };
    }

    private static double room(double w, float clean) {
        return w > 0 ? 1.0 - clean : clean;
    }

    /** Along the weights, each input stopping at the box: the longest such step of length epsilon at most. */
    private static double l2(double[] w, float[] clean, double epsilon) {
        double low = 0;
        double high = 1e9;
        for (int turn = 0; turn < 200; turn++) {
            double middle = (low + high) / 2;
            double squares = 0;
            for (int i = 0; i < w.length; i++) {
                double d = Math.min(middle * Math.abs(w[i]), room(w[i], clean[i]));
                squares += d * d;
            }
            if (Math.sqrt(squares) <= epsilon) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double gain = 0;
        for (int i = 0; i < w.length; i++) {
            gain += Math.abs(w[i]) * Math.min(low * Math.abs(w[i]), room(w[i], clean[i]));
        }
        return gain;
    }

    /** The largest weights' inputs first, each as far as the box lets it. */
    private static double l1(double[] w, float[] clean, double epsilon) {
        int[] order = IntStream.range(0, w.length)
                .boxed()
                .sorted((a, b) -> Double.compare(Math.abs(w[b]), Math.abs(w[a])))
                .mapToInt(Integer::intValue)
                .toArray();
        double left = epsilon;
        double gain = 0;
        for (int i : order) {
            double d = Math.min(left, room(w[i], clean[i]));
            gain += d * Math.abs(w[i]);
            left -= d;
        }
        return gain;
    }
}
