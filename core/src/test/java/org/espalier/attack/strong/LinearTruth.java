package org.espalier.attack.strong;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.espalier.attack.Norm;
import org.espalier.network.Weights;

/** Exact least distances of linear classifiers within the box, by other means than the attacks'. */
public final class LinearTruth {
    private LinearTruth() {}

    /** Distance to the nearest point of the box that a network of one layer does not give {@code label}; infinite if none. */
    public static double distance(Norm norm, Weights weights, float[] x, int label) {
        int inputs = x.length;
        int classes = weights.architecture().classes();
        double nearest = Double.POSITIVE_INFINITY;
        for (int other = 0; other < classes; other++) {
            if (other != label) {
                float[] w = new float[inputs];
                double lead = 0;
                if (weights.architecture().bias(0)) {
                    lead = (double) weights.biases(0)[other] - weights.biases(0)[label];
                }
                for (int i = 0; i < inputs; i++) {
                    w[i] = weights.matrix(0)[other * inputs + i] - weights.matrix(0)[label * inputs + i];
                    lead += (double) w[i] * x[i];
                }
                if (-lead <= reach(x, w)) {
                    nearest = Math.min(nearest, lead >= 0 ? 0 : smallestStep(norm, x, w, -lead));
                }
            }
        }
        return nearest;
    }

    private static double reach(float[] x, float[] w) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> Math.abs(w[i]) * room(x, w, i, true))
                .sum();
    }

    static double room(float[] x, float[] w, int i, boolean up) {
        return w[i] == 0 ? 0 : (w[i] > 0) == up ? 1.0 - x[i] : x[i];
    }

    /** The smallest s with w . s = need and x + s in the box, by bisection (L-infinity, L2) or by sorting (L1). */
    public static double smallestStep(Norm norm, float[] x, float[] w, double need) {
        boolean up = need > 0;
        if (norm == Norm.L1) {
            int[] order = IntStream.range(0, x.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -Math.abs(w[i])))
                    .mapToInt(i -> i)
                    .toArray();
            double rest = Math.abs(need);
            double size = 0;
            for (int i : order) {
                double part = w[i] == 0 ? 0 : Math.min(room(x, w, i, up), rest / Math.abs(w[i]));
                rest -= part * Math.abs(w[i]);
                size += part;
            }
            return size;
        }
        double low = 0;
        double high = 1e9;
        for (int turn = 0; turn < 200; turn++) {
            double middle = (low + high) / 2;
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
                sum += Math.abs(w[i]) * Math.min(room(x, w, i, up), middle * (norm == Norm.L2 ? Math.abs(w[i]) : 1));
            }
            if (sum < Math.abs(need)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        double size = 0;
        for (int i = 0; i < x.length; i++) {
            double part = Math.min(room(x, w, i, up), high * (norm == Norm.L2 ? Math.abs(w[i]) : 1));
            size = norm == Norm.L2 ? size + part * part : Math.max(size, part);
        }
        return norm == Norm.L2 ? Math.sqrt(size) : size;
    }
}
