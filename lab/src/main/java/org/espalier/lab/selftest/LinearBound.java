package org.espalier.lab.selftest;

import java.util.BitSet;
import org.espalier.data.Split;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.network.Weights;

/**
 * The exact robust accuracy of a linear classifier in an L-infinity ball cut with [0, 1]: against each rival class the
 * worst input is found feature by feature, as {@code sum_i max over x_i of (w_rival - w_label)_i x_i}.
 */
public final class LinearBound {
    private LinearBound() {}

    /** Which of the first images withstand every perturbation. Ties go to the lower class, as predictions do. */
    public static Outcomes withstands(Weights weights, Split split, int images, float epsilon) {
        int features = split.features();
        int classes = weights.architecture().classes();
        float[] matrix = weights.matrix(0);
        BitSet right = new BitSet(images);
        for (int e = 0; e < images; e++) {
            int label = split.labels()[e];
            boolean stands = true;
            for (int rival = 0; rival < classes && stands; rival++) {
                if (rival == label) {
                    continue;
                }
                double worst = 0; // highest z_rival - z_label
                for (int i = 0; i < features; i++) {
                    double slope = (double) matrix[rival * features + i] - matrix[label * features + i];
                    float x = split.pixel(e, i);
                    worst += slope * (slope > 0 ? Math.min(x + epsilon, 1f) : Math.max(x - epsilon, 0f));
                }
                stands = rival < label ? worst < 0 : worst <= 0;
            }
            right.set(e, stands);
        }
        return new Outcomes(images, right);
    }
}
