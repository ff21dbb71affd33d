package org.espalier.attack.strong.search;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Tile;
import org.espalier.engine.ops.LaneMath;

/**
 * Balls in three norms, intersected with the box [0, 1]^d: distances and projections on tiles, each lane by itself.
 *
 * <p>Whether a point lies in a ball is decided in float64, without slack: the ball's radius is the threat model's
 * epsilon, a float32 number, and a point outside the ball does not count ({@link #holds}).
 *
 * <p>A projected point lies outside ball or box by float32 rounding at most. L-infinity: the projection on ball and box
 * is exact up to that rounding, which {@link #undoRounding} removes. L2: the point is scaled towards the clean input
 * and then clipped, as AutoAttack does; it is feasible but not the nearest point. L1: the projection on ball and box is
 * exact up to float32 rounding. Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image
 * classifiers" (ICML 2021), proposition 2.1, show why the exact one is needed.
 *
 * <p>Sums over inputs run in double, in input order.
 */
public final class Geometry {
    /** How far below its radius, over 1 + radius, an L1 projection may end. */
    private static final double TOLERANCE = 8e-6;

    private static final int LANES = Tile.LANES;

    private Geometry() {}

    /**
     * The length of an L1 or L2 projection: slightly below the radius, so that rounding each input's value does not
     * move the point out again. Roundings, of 2^-26 on average, sum like independent random errors. The distance to the
     * radius is more than four standard deviations of that sum for L1, and more than the largest sum for L2.
     */
    private static double aim(double radius, int inputs) {
        return Math.max(radius - 8e-8 * Math.sqrt(inputs), radius / 2);
    }

    /** Distance of two inputs. */
    public static double distance(Norm norm, float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double d = Math.abs((double) a[i] - b[i]);
            switch (norm) {
                case LINF -> sum = Math.max(sum, d);
                case L2 -> sum += d * d;
                case L1 -> sum += d;
            }
        }
        return norm == Norm.L2 ? Math.sqrt(sum) : sum;
    }

    /**
     * Whether a point lies in the ball around a clean input and in the box, and is finite. Both are decided in float64 on the
     * float32 values; see {@link #within}.
     */
    public static boolean holds(ThreatModel threat, float[] clean, float[] point) {
        for (float value : point) {
            if (!(value >= 0 && value <= 1)) {
                return false;
            }
        }
        return within(threat, distance(threat.norm(), clean, point), clean.length);
    }

    /**
     * Whether a computed distance is at most the radius float32(epsilon). L-infinity: exactly. L2 and L1: to within the relative
     * rounding of the distance's own float64 sum, {@code inputs} times 2^-52.
     *
     * @param distance as {@link #distance} computes it
     * @param inputs numbers that the distance was summed over
     */
    public static boolean within(ThreatModel threat, double distance, int inputs) {
        double radius = threat.epsilon();
        return distance <= (threat.norm() == Norm.LINF ? radius : radius * (1 + (inputs + 4) * 0x1p-52));
    }

    /**
     * Most that float32 rounding of each input's value can carry a projected point out of its ball: half a unit in the last
     * place below 1, 2^-25, for each input. A point that lies further out was not projected. Such a point does not
     * count either way. The tolerance only decides whether the attack is reported as faulty.
     */
    public static double rounding(Norm norm, int inputs) {
        return switch (norm) {
            case LINF -> 0x1p-25;
            case L2 -> 0x1p-25 * Math.sqrt(inputs);
            case L1 -> 0x1p-25 * inputs;
        };
    }

    /**
     * Removes the rounding of {@code clean + epsilon} to float32 in L-infinity: each value becomes the nearest float32
     * number within epsilon of the clean one and in [0, 1]. Points of other norms do not change, because their
     * projections end inside the ball.
     */
    public static void undoRounding(ThreatModel threat, Tile clean, Tile x) {
        if (threat.norm() != Norm.LINF) {
            return;
        }
        float[] c = clean.values();
        float[] v = x.values();
        for (int i = 0; i < v.length; i++) {
            v[i] = inside(v[i], c[i], threat.epsilon());
        }
    }

    /**
     * The float32 number nearest to a value within epsilon of a centre, in exact arithmetic, and in [0, 1]. NaN stays.
     *
     * @param centre in [0, 1]
     */
    public static float inside(float value, float centre, float epsilon) {
        float settled = value < 0 ? 0f : value > 1 ? 1f : value;
        if (!(Math.abs((double) settled - centre) > epsilon)) {
            return settled;
        }
        boolean above = settled > centre;
        float bound = above ? Math.min(1f, centre + epsilon) : Math.max(0f, centre - epsilon);
        // A rounded sum may lie outside by half a unit in the last place.
        while (Math.abs((double) bound - centre) > epsilon) {
            bound = above ? Math.nextDown(bound) : Math.nextUp(bound);
        }
        return bound;
    }

    /** The p-norm of each example's rows, (lane). */
    public static void norms(Norm norm, Tile tile, double[] norms) {
        float[] v = tile.values();
        double[] sums = new double[LANES];
        for (int panel = 0; panel < tile.panels(); panel++) {
            Arrays.fill(sums, 0);
            for (int row = 0; row < tile.rows(); row++) {
                int at = tile.at(panel, row);
                switch (norm) {
                    case LINF -> {
                        for (int lane = 0; lane < LANES; lane++) {
                            sums[lane] = Math.max(sums[lane], Math.abs((double) v[at + lane]));
                        }
                    }
                    case L2 -> {
                        for (int lane = 0; lane < LANES; lane++) {
                            sums[lane] += (double) v[at + lane] * v[at + lane];
                        }
                    }
                    case L1 -> {
                        for (int lane = 0; lane < LANES; lane++) {
                            sums[lane] += Math.abs((double) v[at + lane]);
                        }
                    }
                }
            }
            for (int lane = 0; lane < LANES; lane++) {
                norms[panel * LANES + lane] = norm == Norm.L2 ? Math.sqrt(sums[lane]) : sums[lane];
            }
        }
    }

    /**
     * Moves each example of {@code x} into the ball around its clean input and into the box.
     *
     * @param radii radius of each example's ball, (lane), at least 0
     */
    public static void project(Norm norm, Tile clean, double[] radii, Tile x) {
        switch (norm) {
            case LINF -> projectLinf(clean, radii, x);
            case L2 -> projectL2(clean, radii, x);
            case L1 -> projectL1(clean, radii, x);
        }
    }

    /** The same with one radius for all. */
    public static void project(ThreatModel threat, Tile clean, Tile x) {
        double[] radii = new double[x.lanes()];
        Arrays.fill(radii, threat.epsilon());
        project(threat.norm(), clean, radii, x);
    }

    private static void projectLinf(Tile clean, double[] radii, Tile x) {
        float[] narrow = new float[LANES];
        for (int panel = 0; panel < x.panels(); panel++) {
            for (int lane = 0; lane < LANES; lane++) {
                narrow[lane] = (float) radii[panel * LANES + lane];
            }
            LaneMath.clip(clean.values(), x.values(), x.at(panel, 0), x.at(panel, x.rows()), narrow, 0);
        }
    }

    private static void projectL2(Tile clean, double[] radii, Tile x) {
        float[] c = clean.values();
        float[] v = x.values();
        double[] sums = new double[LANES];
        float[] factors = new float[LANES];
        for (int panel = 0; panel < x.panels(); panel++) {
            Arrays.fill(sums, 0);
            for (int row = 0; row < x.rows(); row++) {
                int at = x.at(panel, row);
                for (int lane = 0; lane < LANES; lane++) {
                    float d = v[at + lane] - c[at + lane];
                    sums[lane] += (double) d * d;
                }
            }
            for (int lane = 0; lane < LANES; lane++) {
                double length = Math.sqrt(sums[lane]);
                double aim = aim(radii[panel * LANES + lane], x.rows());
                factors[lane] = length > aim ? (float) (aim / length) : 1f;
            }
            LaneMath.scale(c, v, x.at(panel, 0), x.at(panel, x.rows()), factors, 0);
        }
    }

    /**
     * The nearest point has {@code |d_i|} cut to {@code clamp(|d_i| - t, 0, room_i)}, room_i being the way from the clean
     * value to the box in d's direction, for the least t at which these sum to at most the radius. That sum falls with t and
     * is linear between its corners: t is bracketed by two steps of interpolation and one bisection in turn, and by
     * bisection alone after 30 steps. Interpolation converges slowly where the sum is constant and then falls, as for a
     * radius just below the sum of all rooms. The end of the bracket inside the ball is used.
     */
    private static void projectL1(Tile clean, double[] radii, Tile x) {
        float[] c = clean.values();
        float[] v = x.values();
        float[] low = new float[LANES];
        float[] high = new float[LANES];
        float[] cut = new float[LANES];
        float[] atLow = new float[LANES];
        float[] atHigh = new float[LANES];
        float[] sums = new float[LANES];
        for (int panel = 0; panel < x.panels(); panel++) {
            int from = x.at(panel, 0);
            int to = x.at(panel, x.rows());
            Arrays.fill(low, 0f);
            Arrays.fill(atHigh, 0f);
            LaneMath.lengthsAfterCut(c, v, from, to, low, 0, atLow);
            LaneMath.largest(c, v, from, to, high);
            boolean wide = false;
            for (int lane = 0; lane < LANES; lane++) {
                if (atLow[lane] <= aim(radii[panel * LANES + lane], x.rows())) {
                    high[lane] = 0f;
                    atHigh[lane] = atLow[lane];
                } else {
                    wide = true;
                }
            }
            for (int turn = 1; turn <= 60 && wide; turn++) {
                for (int lane = 0; lane < LANES; lane++) {
                    double aim = aim(radii[panel * LANES + lane], x.rows());
                    double goal = aim - 0.5 * TOLERANCE * (1 + aim);
                    double way = turn % 3 == 0 || turn > 30 ? 0.5 : (atLow[lane] - goal) / (atLow[lane] - atHigh[lane]);
                    cut[lane] = (float) (low[lane] + ((double) high[lane] - low[lane]) * Math.clamp(way, 0, 1));
                }
                LaneMath.lengthsAfterCut(c, v, from, to, cut, 0, sums);
                wide = false;
                for (int lane = 0; lane < LANES; lane++) {
                    double aim = aim(radii[panel * LANES + lane], x.rows());
                    if (high[lane] == 0f || aim - atHigh[lane] <= TOLERANCE * (1 + aim)) {
                        continue; // inside, or found exactly
                    }
                    if (sums[lane] > aim) {
                        low[lane] = cut[lane];
                        atLow[lane] = sums[lane];
                    } else {
                        high[lane] = cut[lane];
                        atHigh[lane] = sums[lane];
                    }
                    wide |= aim - atHigh[lane] > TOLERANCE * (1 + aim) && Math.nextUp(low[lane]) < high[lane];
                }
            }
            LaneMath.cut(c, v, from, to, high, 0);
        }
    }
}
