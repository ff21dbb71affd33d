package org.espalier.attack.strong.search;

import org.espalier.attack.Norm;

/** Arithmetic of one example's rows. Sums are doubles, in row order. */
public final class RowMath {
    private static final int TURNS = 120;

    private RowMath() {}

    public static double norm(Norm norm, float[] a) {
        double sum = 0;
        switch (norm) {
            case LINF -> {
                float largest = 0;
                for (float value : a) {
                    largest = Math.max(largest, Math.abs(value));
                }
                return largest;
            }
            case L2 -> {
                for (float value : a) {
                    sum += (double) value * value;
                }
                return Math.sqrt(sum);
            }
            case L1 -> {
                for (float value : a) {
                    sum += Math.abs(value);
                }
            }
        }
        return sum;
    }

    /** The dual norm: q with 1/p + 1/q = 1. */
    public static double dualNorm(Norm norm, float[] a) {
        return norm(
                switch (norm) {
                    case LINF -> Norm.L1;
                    case L2 -> Norm.L2;
                    case L1 -> Norm.LINF;
                },
                a);
    }

    public static double distance(Norm norm, float[] a, float[] b) {
        return Geometry.distance(norm, a, b);
    }

    public static float clip(float value) {
        return Math.min(Math.max(value, 0f), 1f);
    }

    /** {@code out = from + share (to - from)}. */
    public static void between(float[] from, float[] to, double share, float[] out) {
        float part = (float) share;
        for (int i = 0; i < out.length; i++) {
            out[i] = from[i] + part * (to[i] - from[i]);
        }
    }

    /**
     * The nearest point to x in the ball around {@code clean}. L1 also respects the box, the other norms ignore it.
     */
    public static void intoBall(Norm norm, float[] clean, double radius, float[] x) {
        switch (norm) {
            case LINF -> {
                float r = (float) radius;
                for (int i = 0; i < x.length; i++) {
                    x[i] = clean[i] + Math.min(Math.max(x[i] - clean[i], -r), r);
                }
            }
            case L2 -> {
                double length = distance(norm, clean, x);
                if (length > radius) {
                    between(clean, x, radius / length, x);
                }
            }
            case L1 -> cutL1(clean, radius, x);
        }
    }

    /**
     * The nearest point to x (in L2) in the L1 ball around {@code clean} cut with the box: each {@code |d_i|} is cut to
     * {@code clamp(|d_i| - t, 0, room_i)} for the least t at which these sum to the radius. The sum falls with t and is linear
     * between its corners; Newton's method within a bracket finds t exactly; where the sum is constant, bisection is
     * used. If they do not converge, the bracket's end inside the ball is used.
     */
    public static void cutL1(float[] clean, double radius, float[] x) {
        double low = 0;
        double high = 0;
        for (int i = 0; i < x.length; i++) {
            high = Math.max(high, Math.abs((double) x[i] - clean[i]));
        }
        double t = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            double sum = 0;
            int sloping = 0;
            for (int i = 0; i < x.length; i++) {
                double d = Math.abs((double) x[i] - clean[i]) - t;
                if (d > 0) {
                    double room = x[i] > clean[i] ? 1.0 - clean[i] : clean[i];
                    if (d < room) {
                        sum += d;
                        sloping++;
                    } else {
                        sum += room;
                    }
                }
            }
            boolean found = t == 0 && sum <= radius || Math.abs(sum - radius) <= 1e-12 * radius;
            if (found || sum <= radius) {
                high = t;
            } else {
                low = t;
            }
            if (found) {
                break;
            }
            double next = sloping == 0 || turn >= TURNS / 2 ? (low + high) / 2 : t + (sum - radius) / sloping;
            if (!(next > low && next < high)) {
                next = (low + high) / 2;
            }
            if (next <= low || next >= high) {
                break;
            }
            t = next;
        }
        for (int i = 0; i < x.length; i++) {
            double d = (double) x[i] - clean[i];
            double shorter = Math.max(Math.abs(d) - high, 0);
            float moved = (float) (clean[i] + (d < 0 ? -shorter : shorter));
            x[i] = clip(moved);
        }
    }
}
