package org.espalier.evaluate.measure;

import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Starts;
import org.espalier.random.Stream;

/**
 * How many inputs an attack with gradients cannot see: shares of the inputs that a weight reads and whose gradient is exactly zero,
 * means over examples. The gradient is that of the lead of the strongest wrong class over the true one.
 *
 * <p>Where far more gradients are zero inside an L-infinity ball than at its corners, units answer to inputs near the ball's surface
 * only, and attacks that start inside overrate the network.
 *
 * @param clean share at the clean input, 0 to 1; NaN for a network that reads no input
 * @param inside share at a point uniform in the ball
 * @param corner share at a corner of the ball, with the share of raised inputs drawn uniformly
 */
public record ZeroGradients(double clean, double inside, double corner) {
    /**
     * Measures a network's examples. Each draws from the stream's child of its number.
     *
     * @param epsilon radius of the ball, above 0
     */
    public static ZeroGradients of(Target target, Examples examples, float epsilon, Stream stream) {
        ThreatModel ball = new ThreatModel(Norm.LINF, epsilon);
        long[] zeros = new long[3];
        for (int first = 0; first < examples.size(); first += Target.CAPACITY) {
            Examples part = examples.part(first, Math.min(Target.CAPACITY, examples.size() - first));
            Tile clean = target.pack(part.clean(), 0, part.size());
            Tile x = target.newTile(part.size());
            zeros[0] += zeros(target, part, clean);
            Starts.inBall(target, ball, part, stream.child("inside"), clean, x);
            zeros[1] += zeros(target, part, x);
            Starts.atCorner(target, ball, part, stream.child("corner"), clean, x);
            zeros[2] += zeros(target, part, x);
        }
        double all = (double) target.live().length * examples.size();
        return new ZeroGradients(zeros[0] / all, zeros[1] / all, zeros[2] / all);
    }

    private static long zeros(Target target, Examples examples, Tile x) {
        Tile gradient = target.newTile(examples.size());
        target.forward(x);
        target.direction(
                Losses.MARGIN, examples.labels(), new int[examples.size()], new double[examples.size()], gradient);
        long zeros = 0;
        for (int e = 0; e < examples.size(); e++) {
            for (int row = 0; row < gradient.rows(); row++) {
                zeros += gradient.get(row, e) == 0 ? 1 : 0;
            }
        }
        return zeros;
    }
}
