package org.espalier.engine.scalar;

import org.espalier.engine.ActivationPanels;

/** {@code LaneMath} one number at a time. */
public final class LaneScalars {
    private static final int LANES = ActivationPanels.LANES;

    private LaneScalars() {}

    public static void signWithMomentum(
            float[] clean,
            float[] gradient,
            float[] x,
            float[] old,
            int from,
            int to,
            float[] steps,
            int lane,
            float epsilon,
            float a) {
        float b = 1 - a;
        for (int i = from; i < to; i++) {
            float low = atLeast(clean[i] - epsilon, 0f);
            float high = atMost(clean[i] + epsilon, 1f);
            float here = x[i];
            float step = steps[lane + (i & (LANES - 1))];
            float moved = gradient[i] > 0 ? here + step : gradient[i] < 0 ? here - step : here;
            moved = atMost(atLeast(moved, low), high);
            float next = here + (moved - here) * a + (here - old[i]) * b;
            old[i] = here;
            x[i] = atMost(atLeast(next, low), high);
        }
    }

    public static void clip(float[] clean, float[] x, int from, int to, float[] radii, int lane) {
        for (int i = from; i < to; i++) {
            float radius = radii[lane + (i & (LANES - 1))];
            float low = atLeast(clean[i] - radius, 0f);
            float high = atMost(clean[i] + radius, 1f);
            x[i] = atMost(atLeast(x[i], low), high);
        }
    }

    public static void scale(float[] clean, float[] x, int from, int to, float[] factors, int lane) {
        for (int i = from; i < to; i++) {
            float moved = clean[i] + (x[i] - clean[i]) * factors[lane + (i & (LANES - 1))];
            x[i] = atMost(atLeast(moved, 0f), 1f);
        }
    }

    public static void cut(float[] clean, float[] x, int from, int to, float[] cuts, int lane) {
        for (int i = from; i < to; i++) {
            float d = x[i] - clean[i];
            float left = atLeast(Math.abs(d) - cuts[lane + (i & (LANES - 1))], 0f);
            float moved = d < 0 ? clean[i] - left : clean[i] + left;
            x[i] = atMost(atLeast(moved, 0f), 1f);
        }
    }

    public static void lengthsAfterCut(
            float[] clean, float[] x, int from, int to, float[] cuts, int lane, float[] sums) {
        for (int l = 0; l < LANES; l++) {
            float sum = 0;
            float lost = 0;
            for (int i = from + l; i < to; i += LANES) {
                float d = x[i] - clean[i];
                float room = d < 0 ? clean[i] : 1f - clean[i];
                float term = atMost(atLeast(Math.abs(d) - cuts[lane + l], 0f), room) - lost;
                float next = sum + term;
                lost = (next - sum) - term;
                sum = next;
            }
            sums[l] = sum;
        }
    }

    public static void largest(float[] clean, float[] x, int from, int to, float[] largest) {
        for (int l = 0; l < LANES; l++) {
            float most = 0;
            for (int i = from + l; i < to; i += LANES) {
                most = atLeast(most, Math.abs(x[i] - clean[i]));
            }
            largest[l] = most;
        }
    }

    private static float atLeast(float value, float bound) {
        return value < bound ? bound : value;
    }

    private static float atMost(float value, float bound) {
        return value > bound ? bound : value;
    }
}
