package org.espalier.attack.strong.search;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.Tile;
import org.espalier.engine.ops.LaneMath;

/** Ascent steps along a gradient, in three norms, each lane by itself; and copies of chosen lanes. */
public final class Steps {
    private static final int LANES = Tile.LANES;
    private static final double TINY = 1e-12; // as AutoAttack guards its divisions

    private Steps() {}

    /**
     * The sign step of length {@code step} and the projection, with momentum between the last two points:
     * {@code z = P(x + step sign(g)); x, old = P(x + a (z - x) + (1 - a) (x - old)), x}.
     *
     * @param steps step of each example, (lane)
     * @param epsilon radius of the L-infinity ball
     */
    public static void signWithMomentum(
            Tile clean, Tile gradient, Tile x, Tile old, float[] steps, float epsilon, float a) {
        for (int panel = 0; panel < x.panels(); panel++) {
            LaneMath.signWithMomentum(
                    clean.values(),
                    gradient.values(),
                    x.values(),
                    old.values(),
                    x.at(panel, 0),
                    x.at(panel, x.rows()),
                    steps,
                    panel * LANES,
                    epsilon,
                    a);
        }
    }

    /** {@code x, old = x + a (moved - x) + (1 - a) (x - old), x}; not projected. */
    public static void momentum(Tile moved, Tile x, Tile old, float a) {
        float[] m = moved.values();
        float[] v = x.values();
        float[] o = old.values();
        float b = 1 - a;
        for (int i = 0; i < v.length; i++) {
            float here = v[i];
            v[i] = here + (m[i] - here) * a + (here - o[i]) * b;
            o[i] = here;
        }
    }

    /** {@code out = x + step sign(g)}. */
    public static void sign(Tile gradient, Tile x, float[] steps, Tile out) {
        float[] step = new float[LANES];
        for (int panel = 0; panel < x.panels(); panel++) {
            System.arraycopy(steps, panel * LANES, step, 0, LANES);
            int end = x.at(panel, x.rows());
            for (int at = x.at(panel, 0); at < end; at += LANES) {
                for (int lane = 0; lane < LANES; lane++) {
                    out.values()[at + lane] =
                            x.values()[at + lane] + step[lane] * Math.signum(gradient.values()[at + lane]);
                }
            }
        }
    }

    /** {@code out = x + step g / ||g||_2}. */
    public static void normalised(Tile gradient, Tile x, float[] steps, Tile out) {
        double[] norms = new double[x.lanes()];
        Geometry.norms(Norm.L2, gradient, norms);
        float[] factors = new float[x.lanes()];
        for (int lane = 0; lane < factors.length; lane++) {
            factors[lane] = (float) (steps[lane] / (norms[lane] + TINY));
        }
        add(gradient, x, factors, out);
    }

    /** {@code out = x + factor g}, one factor for each example. */
    public static void add(Tile gradient, Tile x, float[] factors, Tile out) {
        float[] factor = new float[LANES];
        float[] g = gradient.values();
        float[] v = x.values();
        float[] to = out.values();
        for (int panel = 0; panel < x.panels(); panel++) {
            System.arraycopy(factors, panel * LANES, factor, 0, LANES);
            int end = x.at(panel, x.rows());
            for (int at = x.at(panel, 0); at < end; at += LANES) {
                for (int lane = 0; lane < LANES; lane++) {
                    to[at + lane] = v[at + lane] + factor[lane] * g[at + lane];
                }
            }
        }
    }

    /**
     * A step of L1 length {@code step}, shared by the inputs of the largest gradients: {@code out = x + step s / ||s||_1}, s the
     * signs of the gradients that are at least as large as the one of rank {@code ranks}. Tramèr and Boneh (2019) and Croce and
     * Hein (ICML 2021), as the latter's code ranks them; but inputs that the box blocks are ignored.
     *
     * @param ranks 0-based rank, among all inputs by rising magnitude, of the smallest gradient taken, (lane)
     * @param inputs inputs of the network; those that are not rows have a zero gradient
     * @param out receives the points; may be {@code x}
     */
    public static void sparse(Tile gradient, Tile x, float[] steps, int[] ranks, int inputs, Tile out) {
        float[] magnitudes = new float[x.rows()];
        int zeros = inputs - x.rows();
        for (int e = 0; e < x.examples(); e++) {
            int start = x.at(e / LANES, 0) + e % LANES;
            for (int row = 0, i = start; row < x.rows(); row++, i += LANES) {
                magnitudes[row] = open(gradient.values()[i], x.values()[i]);
            }
            float least = ranks[e] < zeros ? 0f : select(magnitudes, ranks[e] - zeros);
            int taken = 0;
            for (int row = 0, i = start; row < x.rows(); row++, i += LANES) {
                float size = open(gradient.values()[i], x.values()[i]);
                taken += size > 0 && size >= least ? 1 : 0;
            }
            float each = steps[e] / Math.max(taken, 1);
            for (int row = 0, i = start; row < x.rows(); row++, i += LANES) {
                float g = gradient.values()[i];
                float size = open(g, x.values()[i]);
                out.values()[i] = x.values()[i] + (size > 0 && size >= least ? each * Math.signum(g) : 0f);
            }
        }
    }

    /** Magnitude of a gradient, or 0 where the box blocks its input in that direction. */
    private static float open(float gradient, float x) {
        return gradient > 0 ? (x < 1 ? gradient : 0f) : x > 0 ? -gradient : 0f;
    }

    /** The value that would stand at an index if these were sorted; reorders them (Hoare's selection). */
    public static float select(float[] values, int index) {
        int low = 0;
        int high = values.length - 1;
        while (low < high) {
            float pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (index <= j) {
                high = j;
            } else if (index >= i) {
                low = i;
            } else {
                break;
            }
        }
        return values[index];
    }

    /** Copies the lanes marked with 1, not those marked with 0; both tiles finite. */
    public static void copyMarked(float[] marks, Tile from, Tile to) {
        float[] f = from.values();
        float[] t = to.values();
        float[] mark = new float[LANES];
        float[] rest = new float[LANES];
        for (int panel = 0; panel < to.panels(); panel++) {
            int count = 0;
            for (int lane = 0; lane < LANES; lane++) {
                mark[lane] = marks[panel * LANES + lane];
                rest[lane] = 1 - mark[lane];
                count += (int) mark[lane];
            }
            int start = to.at(panel, 0);
            int end = to.at(panel, to.rows());
            if (count == LANES) {
                System.arraycopy(f, start, t, start, end - start);
            } else if (count > 0) {
                for (int at = start; at < end; at += LANES) {
                    for (int lane = 0; lane < LANES; lane++) {
                        t[at + lane] = mark[lane] * f[at + lane] + rest[lane] * t[at + lane];
                    }
                }
            }
        }
    }

    /** Which examples have zeros only. */
    static void zero(Tile tile, boolean[] zero) {
        double[] norms = new double[tile.lanes()];
        Geometry.norms(Norm.LINF, tile, norms);
        for (int e = 0; e < tile.examples(); e++) {
            zero[e] = norms[e] == 0;
        }
    }

    /** A new array with one value for each lane. */
    public static float[] all(int lanes, double value) {
        float[] all = new float[lanes];
        Arrays.fill(all, (float) value);
        return all;
    }
}
