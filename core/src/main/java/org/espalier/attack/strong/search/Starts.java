package org.espalier.attack.strong.search;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.random.Stream;

/** Starting points of attacks. */
public final class Starts {
    /** Stream position of an example's one number that belongs to no input: above the positions of inputs. */
    private static final long RADIUS = 1L << 40;

    private Starts() {}

    /**
     * A random direction at full radius, cut by the box, as AutoAttack starts: L-infinity, uniform numbers over the largest of
     * them; L2, Gaussian ones over their length; L1, Gaussian ones projected into the ball.
     */
    public static void onSphere(
            Target target, ThreatModel threat, Examples examples, Stream stream, Tile clean, Tile x) {
        if (threat.norm() == Norm.LINF) {
            Draws.uniform(target, stream, examples.numbers(), x);
        } else {
            Draws.gaussian(target, stream, examples.numbers(), x);
        }
        float[] factors = Steps.all(x.lanes(), 1);
        if (threat.norm() != Norm.L1) {
            double[] norms = new double[x.lanes()];
            Geometry.norms(threat.norm(), x, norms);
            for (int lane = 0; lane < factors.length; lane++) {
                factors[lane] = norms[lane] > 0 ? (float) (threat.epsilon() / norms[lane]) : 0f;
            }
        }
        Steps.add(x, clean, factors, x);
        Geometry.project(threat, clean, x);
    }

    /**
     * A corner of the L-infinity ball, moved into the box: every input is raised or lowered by epsilon. Each example draws the
     * share of its raised inputs uniformly.
     */
    public static void atCorner(
            Target target, ThreatModel threat, Examples examples, Stream stream, Tile clean, Tile x) {
        for (int e = 0; e < x.examples(); e++) {
            Stream own = stream.child(examples.numbers()[e]);
            float share = own.uniform(RADIUS);
            for (int row = 0; row < x.rows(); row++) {
                boolean up = own.uniform(target.live()[row]) < share;
                x.set(row, e, clean.get(row, e) + (up ? threat.epsilon() : -threat.epsilon()));
            }
        }
        Geometry.project(threat, clean, x);
    }

    /**
     * A point uniform in the ball, moved into the box input by input. L2: a Gaussian direction, L1: signed exponential numbers
     * over their sum; both at a radius of epsilon u^(1/d).
     */
    public static void inBall(Target target, ThreatModel threat, Examples examples, Stream stream, Tile clean, Tile x) {
        float[] factors = Steps.all(x.lanes(), threat.epsilon());
        if (threat.norm() == Norm.LINF) {
            Draws.uniform(target, stream, examples.numbers(), x);
        } else if (threat.norm() == Norm.L2) {
            Draws.gaussian(target, stream, examples.numbers(), x);
        } else {
            laplace(target, stream, examples.numbers(), x);
        }
        if (threat.norm() != Norm.LINF) {
            double[] norms = new double[x.lanes()];
            Geometry.norms(threat.norm(), x, norms);
            Arrays.fill(factors, 0f);
            for (int e = 0; e < x.examples(); e++) {
                double u = stream.child(examples.numbers()[e]).uniform(RADIUS);
                double radius = threat.epsilon() * StrictMath.pow(u, 1.0 / Math.max(x.rows(), 1));
                factors[e] = norms[e] > 0 ? (float) (radius / norms[e]) : 0f;
            }
        }
        Steps.add(x, clean, factors, x);
        Geometry.project(threat, clean, x);
    }

    private static void laplace(Target target, Stream stream, long[] numbers, Tile out) {
        for (int e = 0; e < out.examples(); e++) {
            Stream own = stream.child(numbers[e]);
            for (int row = 0; row < out.rows(); row++) {
                long bits = own.bits(target.live()[row]);
                double size = -StrictMath.log(1 - Stream.toUnit((int) bits));
                out.set(row, e, (float) (bits < 0 ? -size : size));
            }
        }
    }
}
