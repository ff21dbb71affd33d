package org.espalier.attack.strong.search;

import org.espalier.attack.Norm;

/**
 * The smallest step from a point of the box [0, 1]^d to a hyperplane, within the box: exact, for each norm.
 *
 * <p>These are the projections of Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary
 * attack" (ICML 2020), section 2.2 and appendix A, problem (5): minimise ||s||_p subject to w . s = need and
 * {@code 0 <= x + s <= 1}. There the breakpoints are sorted; here
 *
 * <ul>
 * <li>for L-infinity and L2 the multiplier rises from 0, and inputs that reach the box are fixed there. The sum is
 * concave in the multiplier, so no raise passes the solution, and fixed inputs stay fixed. It takes at most d rounds,
 * in practice a few, each over the free inputs;
 * <li>for L1 the inputs of the largest weights move to the box first; a weighted quickselect finds the one that moves
 * part of its room.
 * </ul>
 *
 * <p>If the hyperplane does not meet the box, every input moves towards it as far as the box allows. Sums are doubles.
 * Holds scratch arrays: not for use by several threads at once.
 */
public final class Hyperplane {
    private final int[] free; // inputs that still move, (free)
    private final double[] rooms; // how far each free input can go, (free)
    private final double[] weights; // absolute weight of each, (free)
    private final long[] keys; // for L1: weight bits above, input below, (free)

    public Hyperplane(int features) {
        free = new int[features];
        rooms = new double[features];
        weights = new double[features];
        keys = new long[features];
    }

    /**
     * Finds the step.
     *
     * @param x the point, {@code features} values in [0, 1] from index {@code xAt}
     * @param w the hyperplane's normal, from index {@code wAt}
     * @param features number of inputs, at most what this was made for
     * @param need required value of w . s; of either sign
     * @param step receives s from index {@code stepAt}
     * @return whether the box lets w . s reach {@code need}
     */
    public boolean step(
            Norm norm, float[] x, int xAt, float[] w, int wAt, int features, double need, float[] step, int stepAt) {
        boolean up = need > 0;
        int count = 0;
        for (int i = 0; i < features; i++) {
            step[stepAt + i] = 0f;
            float weight = w[wAt + i];
            double room = (weight > 0) == up ? 1.0 - x[xAt + i] : x[xAt + i];
            if (weight != 0f && !Float.isNaN(weight) && room > 0) {
                free[count] = i;
                rooms[count] = room;
                count++;
            }
        }
        double rest = Math.abs(need);
        if (!(rest > 0)) {
            return rest == 0;
        }
        return switch (norm) {
            case LINF, L2 -> raise(norm == Norm.LINF, w, wAt, count, up, rest, step, stepAt);
            case L1 -> fill(w, wAt, count, up, rest, step, stepAt);
        };
    }

    /** Input i moves by min(multiplier u_i, room_i), u_i = 1 (L-infinity) or |w_i| (L2). */
    private boolean raise(
            boolean linf, float[] w, int wAt, int count, boolean up, double rest, float[] step, int stepAt) {
        double slope = 0; // of the reached sum, by the multiplier
        for (int k = 0; k < count; k++) {
            double weight = Math.abs(w[wAt + free[k]]);
            weights[k] = weight;
            slope += linf ? weight : weight * weight;
        }
        int moving = count;
        while (slope > 0) {
            double multiplier = Math.max(0, rest / slope);
            slope = 0;
            int kept = 0;
            for (int k = 0; k < moving; k++) {
                double weight = weights[k];
                double room = rooms[k];
                if (room <= multiplier * (linf ? 1 : weight)) {
                    int i = free[k];
                    step[stepAt + i] = signed(room, w[wAt + i], up);
                    rest -= weight * room;
                } else {
                    free[kept] = free[k];
                    rooms[kept] = room;
                    weights[kept] = weight;
                    slope += linf ? weight : weight * weight;
                    kept++;
                }
            }
            if (kept == moving) {
                for (int k = 0; k < moving; k++) {
                    step[stepAt + free[k]] = signed(linf ? multiplier : multiplier * weights[k], w[wAt + free[k]], up);
                }
                return true;
            }
            moving = kept;
        }
        return false;
    }

    /** The inputs of the largest weights move by all of their room, the next one by the rest. */
    private boolean fill(float[] w, int wAt, int count, boolean up, double rest, float[] step, int stepAt) {
        for (int k = 0; k < count; k++) {
            // Positive floats sort as their bits; the position makes keys differ.
            keys[k] = (long) Float.floatToRawIntBits(Math.abs(w[wAt + free[k]])) << 32 | k;
        }
        int from = 0;
        int to = count;
        while (to - from > 1) {
            int middle = partition(from, to);
            double gain = 0;
            for (int k = from; k < middle; k++) {
                int at = (int) keys[k];
                gain += Math.abs(w[wAt + free[at]]) * rooms[at];
            }
            if (gain <= rest) {
                for (int k = from; k < middle; k++) {
                    int at = (int) keys[k];
                    step[stepAt + free[at]] = signed(rooms[at], w[wAt + free[at]], up);
                }
                rest -= gain;
                from = middle;
            } else {
                to = middle;
            }
        }
        if (from == to) {
            return rest <= 0;
        }
        int last = (int) keys[from];
        float weight = w[wAt + free[last]];
        double wanted = rest / Math.abs(weight);
        step[stepAt + free[last]] = signed(Math.min(wanted, rooms[last]), weight, up);
        return wanted <= rooms[last] || to < count;
    }

    /** Reorders keys [from, to), two or more, so that those before the returned index are the larger; both sides get some. */
    private int partition(int from, int to) {
        long a = keys[from];
        long b = keys[(from + to) >>> 1];
        long c = keys[to - 1];
        long pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
        int left = from;
        int right = to - 1;
        while (true) {
            while (keys[left] > pivot) {
                left++;
            }
            while (keys[right] < pivot) {
                right--;
            }
            if (left >= right) {
                // With the pivot last of its side, neither side is empty: all keys differ.
                return right + 1 == to ? right : right + 1;
            }
            long swapped = keys[left];
            keys[left] = keys[right];
            keys[right] = swapped;
            left++;
            right--;
        }
    }

    private static float signed(double amount, float weight, boolean up) {
        return (float) ((weight > 0) == up ? amount : -amount);
    }
}
